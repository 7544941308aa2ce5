import { type ImageTerms, refusedImages } from "../../components/image-terms";
import type { NotAdmitted } from "./admission";
import type { DeclaredObject } from "./declared-objects";
import { podTemplateOf } from "./needs";

/** The paths in config at which an image is named, by the image. */
export type ImagePaths = ReadonlyMap<string, readonly string[]>;

/**
 * Workloads with an image that config refuses, unchanged ones too: once the policy is in the cluster, no node that is
 * drained gives their pods back. The cluster cannot be asked, since its policy may be that of before.
 */
export function unfitImages(
  declared: readonly DeclaredObject[],
  terms: ImageTerms,
  paths: ImagePaths,
): NotAdmitted[] {
  return declared.flatMap(({ manifest }) =>
    imagesOf(podTemplateOf(manifest)?.spec).flatMap((image) =>
      refusedImages(terms, [image]).map((because) => ({
        because: [because, ...(paths.get(image) ?? [])].join("; "),
        workloads: [manifest],
      })),
    ),
  );
}

function imagesOf(pod: Partial<Record<string, readonly { readonly image: string }[]>> = {}): string[] {
  return [...(pod.initContainers ?? []), ...(pod.containers ?? [])].map(({ image }) => image);
}
