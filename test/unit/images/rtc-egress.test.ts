import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { shippedSystem } from "../shipped-stack";
import { Container, type Image } from "./container";
import { type Program, RunningPod } from "./kubelet";
import { RenderedSystem } from "./rendered-system";
import { egress, type Generation, images, webDispatch, webhookNotifier } from "./rtc-egress";

let system: RenderedSystem;

beforeAll(async () => {
  system = await RenderedSystem.of(shippedSystem("prod", "rtc-egress"), "prod");
});

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const run = (name: string, image: Image, program: Program) =>
  new RunningPod(new Container(system, system.template(name), image), program);

async function after(pod: RunningPod, seconds: number) {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  const { ready, ended } = pod;
  return { ready, ended };
}

const programs = { egress, "web-dispatch": webDispatch, "webhook-notifier": webhookNotifier } as const;
const everyImage = Object.keys(images).flatMap((image) =>
  (["50e3baa", "05a6956"] as const).map((generation) => [image, generation] as const),
) as (readonly [keyof typeof images, Generation])[];

describe.each(everyImage)("an image %s at %s", (image, generation) => {
  test.each(Object.keys(programs) as (keyof typeof programs)[])("%s starts and is ready", async (name) => {
    const pod = run(name, images[image], programs[name](generation));
    expect(await after(pod, 120)).toEqual({ ready: true, ended: [] });
  });
});

const image = images["of one program"];

test("a web recorder that does not answer takes no web dispatch away", async () => {
  const pod = run("web-dispatch", image, webDispatch("50e3baa", { recorderAnswers: false }));
  expect(await after(pod, 600)).toEqual({ ready: true, ended: [] });
});

test("a Redis that is away makes notifiers wait, and ends none", async () => {
  let redis = true;
  const pod = run(
    "webhook-notifier",
    image,
    webhookNotifier("50e3baa", () => redis),
  );
  await after(pod, 120);
  redis = false;
  expect(await after(pod, 600)).toEqual({ ready: false, ended: [] });
  redis = true;
  expect(await after(pod, 60)).toEqual({ ready: true, ended: [] });
});

test("a notifier ends the call that it is at", async () => {
  const pod = run("webhook-notifier", image, webhookNotifier("50e3baa"));
  await after(pod, 120);
  const stopped = pod.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(await stopped).toMatchObject({ killed: false });
});
