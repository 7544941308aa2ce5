import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Credentials, PasswordCommands, ServerCommand } from "../components/password-commands";
import type { PasswordInUse } from "../components/passwords-in-use";
import { postgresqlPasswords } from "../components/postgresql-passwords";
import { redisPasswords } from "../components/redis-passwords";
import type { KubernetesObject } from "./api-server";
import type { ReachedCluster } from "./connect";

// A new password reaches a server and its readers in three steps, of which each begins again where it was killed: the server
// that runs takes it beside the old one, the Secrets get it and their readers are rolled, and the old one is withdrawn.

type Asked = Pick<ReachedCluster, "api" | "exec">;

/** Before the Secret of a server gets a new password, has the server that runs take it too. */
export function passwordAccepted(
  name: string,
  commands: PasswordCommands,
  cluster: Asked,
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(name, (change) => acceptPassword(change, commands, cluster));
}

export async function acceptPassword(
  { oldInputs, newInputs }: pulumi.ResourceHookArgs,
  { accept }: PasswordCommands,
  cluster: Asked,
): Promise<void> {
  const [before, after] = [
    credentials(await known(oldInputs as SecretInputs)),
    credentials(await known(newInputs as SecretInputs)),
  ];
  if (before.password === after.password) return;
  const { metadata } = newInputs as KubernetesObject;
  await started(metadata, cluster);
  try {
    await tell(metadata, accept(before, after), cluster);
  } catch (error) {
    throw new Error(
      `${metadata.namespace}/${metadata.name}: the server could not be told its new password, and its Secret stays as it is: ${(error as Error).message}`,
    );
  }
  // By an earlier mark, the one before would be withdrawn while all readers have it. They are marked anew when they have this one.
  const path = pathOf(metadata);
  const live = await cluster.api.find(path);
  if (live && hasOldPassword(live)) await cluster.api.patch(path, unmarked);
}

/** When all readers of a password have been rolled, withdraws the old one; or the next update does. */
export function passwordInUse(cluster: Asked): pulumi.ResourceHook {
  return new pulumi.ResourceHook("password-in-use", async ({ oldInputs, newInputs }) => {
    const before: PasswordInUse = await known(oldInputs!.input);
    const { namespace, secret, password, kind, readers }: PasswordInUse = await known(newInputs!.input);
    const path = pathOf({ name: secret, namespace });
    // Where an old one is still taken, readers that were rolled for something else are no older for it.
    if (before.password === password && !hasOldPassword(await cluster.api.get(path))) return;
    const marked: Rolled = { kind, since: new Date().toISOString(), readers };
    const fields = { metadata: { annotations: { [mark]: JSON.stringify(marked) } } };
    await withdrawOldPassword(await cluster.api.patch(path, fields), cluster);
  });
}

/** On the Secret of a server that takes an old password too, once the readers of the new one have been rolled. */
const mark = "muster.dev/old-password";

const unmarked = { metadata: { annotations: { [mark]: null } } };

/** What is needed to know whether somebody may still have the old one. */
interface Rolled extends Pick<PasswordInUse, "kind" | "readers"> {
  /** When they had been rolled. */
  readonly since: string;
}

export function hasOldPassword({ kind, metadata }: KubernetesObject): boolean {
  return kind === "Secret" && metadata.annotations?.[mark] !== undefined;
}

/**
 * Has a server take none but the password of its Secret, if nobody is left who started with another; says which. Where it
 * cannot be told, the update goes on: it may be the one that mends the server.
 */
export async function withdrawOldPassword(secret: KubernetesObject, cluster: Asked): Promise<void> {
  try {
    await withdraw(secret, cluster);
  } catch (error) {
    const { namespace, name } = secret.metadata;
    pulumi.log.warn(
      `${namespace}/${name}: an old password could not be withdrawn and stays valid beside the new one; the next \`up\` tries again: ${(error as Error).message}`,
    );
  }
}

async function withdraw({ metadata, data }: KubernetesObject, cluster: Asked): Promise<void> {
  const { kind, since, readers }: Rolled = JSON.parse(metadata.annotations[mark]);
  const what = `${metadata.namespace}/${metadata.name}`;
  const before = (await pods(metadata, Object.keys(readers), cluster)).filter(
    (pod) => !hasEnded(pod) && !hasNew(pod, { since, readers }),
  );
  if (before.length > 0) {
    const names = before.map((pod) => pod.metadata.name).sort();
    pulumi.log.info(
      `${what} takes the old password too, which ${names.join(", ")} started with; an \`up\` after their end withdraws it`,
    );
    return;
  }
  if (pulumi.runtime.isDryRun()) {
    pulumi.log.info(`${what} takes an old password too; \`up\` withdraws it`);
    return;
  }
  const told = await tell(metadata, commands[kind].withdraw(credentials({ data })), cluster);
  if (told === 0) throw new Error("the server does not run");
  await cluster.api.patch(pathOf(metadata), unmarked);
}

const commands = { redis: redisPasswords, postgresql: postgresqlPasswords };

function hasEnded({ status }: KubernetesObject): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** Whether it was made after the readers had the new one: by the digest in its template, and where that has none by its age. */
function hasNew({ metadata }: KubernetesObject, { since, readers }: Omit<Rolled, "kind">): boolean {
  const digest = metadata.annotations?.["muster.dev/secrets"];
  if (digest !== undefined) return digest === readers[componentOf(metadata)];
  return Date.parse(metadata.creationTimestamp) > Date.parse(since);
}

/** How long a pod of a server is waited for. One that is stuck does not stop the update that mends it. */
const startSeconds = 60;

/** Until no pod of a server is starting: it may have read the password of before, and cannot be told another yet. */
async function started(secret: KubernetesObject["metadata"], cluster: Asked): Promise<void> {
  const deadline = Date.now() + startSeconds * 1000;
  for (;;) {
    const starting = (await pods(secret, [componentOf(secret)], cluster)).filter(isStarting);
    if (starting.length === 0) return;
    if (Date.now() > deadline) {
      const names = starting.map(({ metadata }) => metadata.name).join(", ");
      pulumi.log.warn(
        `${secret.namespace}/${secret.name}: ${names} had not started after ${startSeconds} seconds and was not told the new password; if it refuses that later on, delete the pod`,
      );
      return;
    }
    await setTimeout(1000);
  }
}

/** Whether a node has begun with it. One that waits for anything else reads its Secret when it gets there. */
function isStarting(pod: KubernetesObject): boolean {
  if (!pod.spec.nodeName || pod.metadata.deletionTimestamp || hasEnded(pod)) return false;
  const state = pod.status?.containerStatuses?.[0]?.state;
  return !state || ["ContainerCreating", "PodInitializing"].includes(state.waiting?.reason);
}

/** Tells every pod of a server that runs, and gives back how many do. */
async function tell(
  secret: KubernetesObject["metadata"],
  command: ServerCommand,
  cluster: Asked,
): Promise<number> {
  const running = (await pods(secret, [componentOf(secret)], cluster)).filter(
    ({ status }) => status?.containerStatuses?.[0]?.state?.running,
  );
  for (const pod of running)
    try {
      await cluster.exec(pod, command);
    } catch (error) {
      const { stderr, message } = error as Error & { readonly stderr?: string };
      throw new Error(
        `\`kubectl exec\` in pod ${pod.metadata.name}, for which the user of an update needs the right to create pods/exec: ${(stderr || message).trim()}`,
      );
    }
  return running.length;
}

async function pods(
  { namespace }: KubernetesObject["metadata"],
  components: readonly string[],
  { api }: Asked,
): Promise<readonly KubernetesObject[]> {
  const all = await api.list(`/api/v1/namespaces/${namespace}/pods`);
  return all.filter(({ metadata }) => components.includes(componentOf(metadata)));
}

function componentOf({ labels }: KubernetesObject["metadata"]): string {
  return labels?.["app.kubernetes.io/component"];
}

function pathOf({ namespace, name }: KubernetesObject["metadata"]): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}?fieldManager=muster`;
}

/** What is secret comes as an Output. */
function known<T>(value: pulumi.Input<T>): Promise<T> {
  return new Promise((resolve) => pulumi.output(value).apply((value) => resolve(value as T)));
}

interface SecretInputs {
  readonly data?: Credentials;
  readonly stringData?: Credentials;
}

/** What a Secret holds. The provider makes data of what is given as text. */
function credentials({ data = {}, stringData = {} }: SecretInputs): Credentials {
  const decoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]);
  return { ...Object.fromEntries(decoded), ...stringData };
}
