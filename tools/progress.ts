/** Says on stderr what goes on: stdout is for results. */
export function say(line: string): void {
  clear();
  process.stderr.write(`${line}\n`);
}

/** Long work that goes on: one line that changes on a terminal, a line now and then in a log. */
export function sayProgress(line: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    changing = true;
    return;
  }
  if (Date.now() - lastLogged < 15_000) return;
  lastLogged = Date.now();
  process.stderr.write(`${line}\n`);
}

export function clear(): void {
  if (changing) process.stderr.write("\r\x1b[K");
  changing = false;
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return `${Math.round(seconds / 60)} min`;
}

let changing = false;
let lastLogged = 0;
