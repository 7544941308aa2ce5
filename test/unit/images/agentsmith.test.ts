import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { shippedSystem } from "../shipped-stack";
import { agent, agentImage, dispatcher, dispatcherImage, jobFor, listTickets } from "./agentsmith";
import { Container } from "./container";
import { Process, RunningPod } from "./kubelet";
import { RenderedSystem } from "./rendered-system";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

let system: RenderedSystem;

beforeAll(async () => {
  system = await RenderedSystem.of(shippedSystem("prod", "agentsmith"), "prod");
});

const container = () => new Container(system, system.template("dispatcher"), dispatcherImage);

test("the dispatcher starts, is ready, and ends its requests before it has to", async () => {
  const pod = new RunningPod(container(), dispatcher);
  await vi.advanceTimersByTimeAsync(120_000);
  expect({ ready: pod.ready, ended: pod.ended }).toEqual({ ready: true, ended: [] });
  const stopped = pod.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(await stopped).toMatchObject({ killed: false });
});

test("the dispatcher can list tickets of GitHub", () => {
  listTickets(new Process(container(), {}), "GitHub");
});

test("an agent that the dispatcher starts from the template does its task, and says so", async () => {
  const job = jobFor(new Process(container(), {}), { id: 7, project: "todo-list", channel: "C1" });
  const process = new Process(new Container(system, job.spec.template, agentImage), {});
  expect(await agent(process)).toBe(0);
  expect(process.arguments.at(-1)).toBe("fix #7 in todo-list");
  // Who may read Jobs, reads no password in them.
  expect(JSON.stringify(job)).not.toContain(system.secret("redis").password);
});
