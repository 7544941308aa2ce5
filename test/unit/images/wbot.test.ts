import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { declaredSystems } from "../../../systems";
import { configOf } from "../shipped-stack";
import { Container } from "./container";
import { type Beside, Process, RunningPod } from "./kubelet";
import { RenderedSystem } from "./rendered-system";
import { aiBackend, aiImage, answers, webFrontend, webImage } from "./wbot";

const given: Readonly<Record<string, string>> = {
  SUPABASE_URL: "https://abc.supabase.co",
  DATABASE_URI: "postgresql://postgres.abc:Pass0word@aws-0-eu.pooler.supabase.com:6543/postgres",
};

const beside: Beside = {
  "abc.supabase.co": { address: "104.18.38.10" },
  "aws-0-eu.pooler.supabase.com": { address: "3.65.151.229" },
  "api.anthropic.com": { address: "160.79.104.10" },
};

let system: RenderedSystem;

beforeAll(async () => {
  const stack = configOf("prod", undefined, (key) => given[key] ?? `given-${key}`);
  const declared = declaredSystems(stack).find((each) => each.declared.name === "wbot")!;
  system = await RenderedSystem.of(declared, "prod");
});

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const ai = () => new Container(system, system.template("wbot-ai"), aiImage);

async function afterTwoMinutes(pod: RunningPod) {
  await vi.advanceTimersByTimeAsync(120_000);
  const { ready, ended } = pod;
  return { ready, ended };
}

test("the AI backend starts from its image's own command, and is ready", async () => {
  expect(await afterTwoMinutes(new RunningPod(ai(), aiBackend(), beside))).toEqual({
    ready: true,
    ended: [],
  });
});

test("a database that takes half a minute to answer is waited for", async () => {
  const slow = aiBackend({ databaseTakes: 30 });
  expect(await afterTwoMinutes(new RunningPod(ai(), slow, beside))).toEqual({ ready: true, ended: [] });
});

test("answers that stream for half a minute end before the AI backend does", async () => {
  const pod = new RunningPod(ai(), aiBackend({ streamsFor: 30 }), beside);
  await afterTwoMinutes(pod);
  const stopped = pod.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(await stopped).toMatchObject({ killed: false });
});

test("the AI backend reaches Redis, Supabase and the models, and writes where it wants to", () => {
  answers(new Process(ai(), beside));
});

test("the frontend starts from its image's own command, and is ready", async () => {
  const container = new Container(system, system.template("wbot-web"), webImage);
  expect(await afterTwoMinutes(new RunningPod(container, webFrontend, beside))).toEqual({
    ready: true,
    ended: [],
  });
});
