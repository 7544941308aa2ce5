import type { Found } from "./declared-objects";
import { listed, title } from "./in-words";
import { amount } from "./quantity";

/** What is declared of a volume that is there, and cannot become so: a line each. Of `left`, others say the size. */
export function unfitVolumes(found: readonly Found[], left: (found: Found) => boolean): string[] {
  return found.flatMap((each) => {
    const { object, live } = each;
    const { manifest } = object;
    if (manifest.kind !== "PersistentVolumeClaim" || live.metadata.deletionTimestamp) return [];
    const [declared, there] = [manifest.spec, live.spec];
    const [less, size] = [declared, there].map(({ resources }) => resources.requests.storage);
    const [wanted, storageClass] = [declared, there].map(({ storageClassName }) => storageClassName);
    const modes = [declared, there].map(({ accessModes }) => accessModes.join(", "));
    return [
      ...(Number(amount(less)) < Number(amount(size)) && !left(each)
        ? [`${title(live)}: ${less} is declared, and it has ${size}; a volume never shrinks`]
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
