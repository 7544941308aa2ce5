import type { Found } from "./declared-objects";
import { listed, title } from "./in-words";
import { amount } from "./quantity";

/**
 * What is declared of a volume that is there, and cannot become so: a line each. Of `left`, others say the size; `refusal`
 * is why the API server does not take what is declared.
 */
export function unfitVolumes(
  found: readonly Found[],
  {
    left,
    refusal,
  }: {
    readonly left: (found: Found) => boolean;
    readonly refusal: (found: Found) => string | undefined;
  },
): string[] {
  return found.flatMap((each) => {
    const { object, live } = each;
    const { manifest } = object;
    if (manifest.kind !== "PersistentVolumeClaim" || live.metadata.deletionTimestamp) return [];
    const [declared, there] = [manifest.spec, live.spec];
    const [wish, size] = [declared, there].map(({ resources }) => resources.requests.storage);
    const [wanted, storageClass] = [declared, there].map(({ storageClassName }) => storageClassName);
    const modes = [declared, there].map(({ accessModes }) => accessModes.join(", "));
    return [
      ...(Number(amount(wish)) < Number(amount(size)) && !left(each)
        ? [`${title(live)}: ${wish} is declared, and it has ${size}; a volume never shrinks`]
        : []),
      // Whether it may grow is its StorageClass's to say.
      ...(Number(amount(wish)) > Number(amount(size)) && refusal(each)
        ? [`${title(live)}: ${wish} is declared, and it has ${size}: ${refusal(each)}`]
        : []),
      ...(wanted && storageClass && wanted !== storageClass
        ? [`${title(live)}: StorageClass ${wanted} is declared, and it is of ${storageClass}`]
        : []),
      ...(modes[0] !== modes[1] ? [`${title(live)}: ${modes[0]} is declared, and it is ${modes[1]}`] : []),
    ];
  });
}

export function unfitVolumesInWords(lines: readonly string[]): string {
  return listed(
    "A volume that is there stays as it is; declare it so again, or, to have another, keep its data elsewhere, delete the claim by hand and run this again:",
    lines,
  );
}
