import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kubernetes } from "../../tools/kubernetes";
import { Checkout } from "../harness/checkout";
import { moment, objectsIn, objectsOf, recorded, redisPassword } from "./objects";

// From the preview's first line on, and from the update's, by what is made of some 54 resources. More moments of the
// update are those of killed-up.test.ts, which mends what it finds with the same commands.
const begins = { preview: /^Previewing update/, update: /^Updating/ };
const moments = [
  { after: 300, what: "ms", run: "preview" },
  { after: 1500, what: "ms", run: "preview" },
  { after: 0, what: "ms", run: "update" },
  ...[1, 20, 45].map((after) => ({ after, what: "resources", run: "update" as const })),
] as const;

describe("npm start whose pulumi was killed", () => {
  let checkout: Checkout;
  let api: Kubernetes;

  beforeAll(async () => {
    checkout = new Checkout();
    expect(await checkout.start("dev")).toMatchObject({ exitCode: 0 });
    checkout.addStack(stack, "config:\n  muster:agentsmith: { config: stacks/dev/agentsmith.yml }\n");
    api = await checkout.kubernetes();
  });
  afterAll(() => checkout.dispose());

  // One first deployment: each goes on from where the last one was killed, and what that left and the next does not
  // mend is there at its end.
  const stack = "killed";
  const namespace = `agentsmith-${stack}`;
  let password: string | undefined;

  test.each(moments)("at $after $what of the $run is carried on by the next", async ({ run, ...when }) => {
    expect(await killStart(when, begins[run])).toBe("killed");
    const found = await redisPassword(api, namespace);
    if (password) expect(found).toBe(password);
    password = found;
  });

  test("is carried to its end by the last", async () => {
    const last = await checkout.start(stack);
    expect(last.exitCode, last.all).toBe(0);

    const { deployment } = JSON.parse(await checkout.shell(`pulumi stack export --stack ${stack}`));
    expect(deployment.pending_operations ?? []).toEqual([]);
    expect(await objectsIn(api, namespace)).toEqual(objectsOf(deployment.resources, namespace));
    expect(password).toBeDefined();
    expect(await redisPassword(api, namespace)).toBe(password);
    await checkout.shell(`pulumi up --yes --skip-preview --expect-no-changes --stack ${stack}`);
    await expect.poll(() => checkout.pulumiProcesses()).toEqual([]);
  });

  const stateFile = () =>
    checkout.stateFiles().find((path) => path.endsWith(`/stacks/muster/${stack}.json`))!;

  /** Ends the CLI at once; its language host and providers go on, as they do for whoever it happens to. */
  async function killStart({ after, what }: { after: number; what: string }, begin: RegExp): Promise<string> {
    const before = what === "resources" ? recorded(stateFile()).resources : 0;
    const when = { after: after - before, what };
    const start = checkout.start(stack);
    let over = false;
    const ended = start.then(() => {
      over = true;
      return "ended";
    });
    const reached = moment(start.stdout!, when, begin).then(() => "reached");
    if ((await Promise.race([reached, ended])) === "ended") return `ended before: ${(await start).all}`;
    let holder = checkout.holderOf(stack);
    for (; holder === undefined && !over; holder = checkout.holderOf(stack)) await setTimeout(5);
    if (holder === undefined) return `ended before: ${(await start).all}`;
    process.kill(holder, "SIGKILL");
    const { exitCode } = await start;
    return exitCode === 0 ? "carried on" : "killed";
  }
});
