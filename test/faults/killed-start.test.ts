import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kubernetes } from "../../tools/kubernetes";
import { Checkout } from "../harness/checkout";
import { moment, objectsIn, objectsOf, redisPassword } from "./objects";

// From the preview's first line on, and from the update's: it prints a line for every step of every object. More
// moments of the update are those of killed-up.test.ts, which mends what it finds with the same commands.
const begins = { preview: /^Previewing update/, update: /^Updating/ };
const moments = [
  { after: 300, what: "ms", run: "preview" },
  { after: 1500, what: "ms", run: "preview" },
  { after: 0, what: "ms", run: "update" },
  ...[1, 30, 58].map((after) => ({
    after,
    what: "lines",
    run: "update" as const,
  })),
] as const;

describe("npm start whose pulumi was killed", () => {
  let checkout: Checkout;
  let api: Kubernetes;

  beforeAll(async () => {
    checkout = new Checkout();
    expect(await checkout.start("dev")).toMatchObject({ exitCode: 0 });
    api = await checkout.kubernetes();
  });
  afterAll(() => checkout.dispose());

  // Each in a namespace and a stack of its own, so that every one is a first deployment.
  test.each(moments.map((each, index) => ({ ...each, stack: `killed-${index + 1}` })))(
    "at $after $what of the $run is carried to its end by npm start",
    async ({ stack, run, ...when }) => {
      checkout.addStack(stack, `config:\n  muster:agentsmith: { config: stacks/dev/agentsmith.yml }\n`);
      const namespace = `agentsmith-${stack}`;
      expect(await killStart(stack, when, begins[run])).toBe("killed");
      const password = await redisPassword(api, namespace);

      const again = await checkout.start(stack);
      expect(again.exitCode, again.all).toBe(0);

      const { deployment } = JSON.parse(await checkout.shell(`pulumi stack export --stack ${stack}`));
      expect(deployment.pending_operations ?? []).toEqual([]);
      expect(await objectsIn(api, namespace)).toEqual(objectsOf(deployment.resources, namespace));
      if (password) expect(await redisPassword(api, namespace)).toBe(password);
      await checkout.shell(`pulumi up --yes --skip-preview --expect-no-changes --stack ${stack}`);
      // What runs is watched by all controllers: the next moment is to find as little as this one did.
      await api.delete(`/api/v1/namespaces/${namespace}`);
      await expect.poll(() => checkout.pulumiProcesses()).toEqual([]);
    },
  );

  /** Ends the CLI at once; its language host and providers go on, as they do for whoever it happens to. */
  async function killStart(
    stack: string,
    when: { after: number; what: string },
    begin: RegExp,
  ): Promise<string> {
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
