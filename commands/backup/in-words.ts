/** What a backup's pod says of one: name and bytes. */
export interface Backup {
  readonly name: string;
  readonly bytes: number;
}

/** Those in lines that its pod has printed, after `word` where there is one. */
export function backupsIn(lines: readonly string[], word = ""): Backup[] {
  const form = new RegExp(`^${word && `${word} `}(\\S+\\.(?:dump|rdb)) (\\d+)$`);
  return lines.flatMap((line) => {
    const [, name, bytes] = form.exec(line.trim()) ?? [];
    return name ? { name, bytes: Number(bytes) } : [];
  });
}

/** Its size, in the largest unit that it fills. */
export function sizeInWords({ bytes }: Backup): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[power]}`;
}
