import { describe, expect, test } from "vitest";
import { unfitImages } from "../../cluster/comparison/images";
import { type ImageTerms, refusedImages } from "../../components/image-terms";
import { imagePaths } from "../../config/images";
import { examine } from "../../policies/examine";
import { Field } from "../../policies/field";
import { imageDigest } from "../../policies/images/image-digest";
import { imageRegistry } from "../../policies/images/image-registry";
import { imageTag } from "../../policies/images/image-tag";
import { Resource } from "../../policies/resource";
import type { Rule } from "../../policies/rule";

const digest = `sha256:${"a".repeat(64)}`;
const names = ["web", "acme/web", "docker.io/acme/web", "ghcr.io/acme/web", "ghcr.io/acme/team/web"]
  .concat(
    "localhost/web",
    "registry:5000/web",
    "ghcr.io.evil.example/acme/web",
    "evil.example/ghcr.io/acme/web",
  )
  .flatMap((name) =>
    ["", ":latest", ":1.4.2", ":latest-1", ":not.latest", `@${digest}`, `:latest@${digest}`].map(
      (end) => `${name}${end}`,
    ),
  );

describe("an image is refused at the API server as by the policy pack", () => {
  const allowed = ["ghcr.io/acme/*", "docker.io/library/*", "registry:5000/web"];
  test.each<[string, ImageTerms, Rule, object]>([
    ["image-tag", { latest: false }, imageTag, {}],
    ["image-digest", { digest: true }, imageDigest, {}],
    ["image-registry", { registries: allowed }, imageRegistry as unknown as Rule, { allowed }],
  ])("%s", (_, terms, rule, settings) => {
    const byPack = names.filter((image) => {
      const pod = { spec: { containers: [{ name: "web", image }] } };
      const resource = new Resource("kubernetes:v1:Pod", "web", new Field(pod));
      return examine(rule, resource, settings).length > 0;
    });
    expect(names.filter((image) => refusedImages(terms, [image]).length > 0)).toEqual(byPack);
    expect(byPack.length).toBeGreaterThan(5);
    expect(byPack.length).toBeLessThan(names.length);
  });
});

test("where nothing is said of images, any will do", () => {
  expect(refusedImages({}, names)).toEqual([]);
});

test("each workload with an image that config refuses is named, with the image, what would do, and where config says it", () => {
  const pod = { initContainers: [{ image: "migrate" }], containers: [{ image: "web:1" }] };
  const object = (kind: string, spec: object) => ({
    urns: [],
    resource: kind,
    manifest: { apiVersion: "v1", kind, metadata: { name: "web", namespace: "shop" }, spec },
  });
  const template = { spec: pod };
  const found = unfitImages(
    [
      object("Deployment", { template }),
      object("CronJob", { jobTemplate: { spec: { template } } }),
      object("StatefulSet", { template: { spec: { containers: pod.containers } } }),
      object("Service", {}),
    ],
    { latest: false },
    imagePaths({ shop: { image: { jobs: "migrate", pullPolicy: "migrate" }, redis: { image: "redis:7" } } }),
  );
  const because =
    "image-tag: docker.io/library/migrate; allowed: a version, or a digest; muster:shop.image.jobs";
  expect(found.map(({ because, workloads }) => [because, ...workloads.map(({ kind }) => kind)])).toEqual([
    [because, "Deployment"],
    [because, "CronJob"],
  ]);
});
