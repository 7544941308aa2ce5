import { createHash } from "node:crypto";
import { closeSync, constants, openSync, realpathSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { makeFolder } from "./folder";
import { say } from "./progress";

/**
 * Runs work while no other process on this machine holds the lock. The kernel keeps it, and lets go of it when its
 * owner ends, however that ends: no lock is ever left behind, and none is ever taken from a living process.
 */
export async function withLock<T>(path: string, waitingFor: string, work: () => Promise<T>): Promise<T> {
  let release = await tryLock(path);
  if (!release) say(`Waiting for another process, which ${waitingFor} …`);
  while (!release) {
    await setTimeout(100);
    release = await tryLock(path);
  }
  try {
    return await work();
  } finally {
    release();
  }
}

/** Takes the lock if no other process holds it: until it is released, or this process ends. */
export function tryLock(path: string): Promise<Release | undefined> {
  makeFolder(dirname(path));
  // By one name, whichever way leads there.
  return acquire(join(realpathSync(dirname(path)), basename(path)));
}

type Release = () => void;

const acquire = process.platform === "linux" ? takeName : openAlone;

/** A socket in Linux' abstract namespace is in no folder: its name is taken for as long as somebody listens there. */
function takeName(path: string): Promise<Release | undefined> {
  const name = `\0muster-${createHash("sha256").update(path).digest("hex")}`;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    // Holding a lock is no reason for a process to go on.
    server.unref().listen(name, () => resolve(() => server.close()));
  });
}

/** Elsewhere (macOS) a file can be opened so that nobody else may meanwhile; Node.js has no name for that flag. */
async function openAlone(path: string): Promise<Release | undefined> {
  const O_EXLOCK = 0x20;
  try {
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK);
    return () => closeSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}
