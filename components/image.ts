/** The tag of an image reference, or the first 12 digits of its digest; "latest" where neither is given. */
export function imageTag(image: string): string {
  const digest = image.split("@sha256:")[1];
  if (digest) return digest.slice(0, 12);
  return /:([^:/]+)$/.exec(image)?.[1] ?? "latest";
}

/** An image reference without tag and digest. */
export function imageRepository(image: string): string {
  return image.split("@")[0]!.replace(/:[^:/]+$/, "");
}
