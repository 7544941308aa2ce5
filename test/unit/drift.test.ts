import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../cluster/api-server";
import { differencesOf } from "../../cluster/comparison/differences";
import { differenceInWords } from "../../cluster/comparison/in-words";
import type { Fields } from "../../cluster/comparison/managed-fields";

const own = "pulumi-kubernetes-1";
const labels = { "app.kubernetes.io/managed-by": "muster" };
const ownLabels = { "f:metadata": { "f:labels": { "f:app.kubernetes.io/managed-by": {} } } };

/** A manager's fields, as the API server notes them. */
const by = (manager: string, fieldsV1: Fields, subresource?: string) => ({
  manager,
  operation: manager === own ? "Apply" : "Update",
  time: "2026-01-02T03:04:05Z",
  subresource,
  fieldsV1: manager === own ? { ...ownLabels, ...fieldsV1 } : fieldsV1,
});

const object = (kind: string, rest: object, managedFields: readonly object[] = []): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  ...rest,
  metadata: { name: "x", namespace: "shop", labels, managedFields },
});

const others = (declared: KubernetesObject, live: KubernetesObject) =>
  differencesOf(declared, live)
    .filter(({ isOwn }) => !isOwn)
    .map((each) => differenceInWords(live.kind, each));

const container = { name: "web", image: "web:1" };
const template = (...containers: readonly object[]) => ({ spec: { template: { spec: { containers } } } });
const inTemplate = (fields: Fields) => ({ "f:spec": { "f:template": { "f:spec": fields } } });
const ownContainer = inTemplate({
  "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:name": {}, "f:image": {} } },
});

describe("what others did to an object, as the API server notes it", () => {
  test("nothing, where it is as applied, with what the server fills in", () => {
    const declared = object(
      "Deployment",
      template({ ...container, resources: { limits: { cpu: "1000m" } } }),
    );
    const live = object(
      "Deployment",
      {
        ...template({ ...container, resources: { limits: { cpu: "1" } }, terminationMessagePath: "/dev/x" }),
        status: { replicas: 1 },
      },
      [by(own, ownContainer), by("kube-controller-manager", { "f:status": { "f:replicas": {} } }, "status")],
    );
    expect(others(declared, live)).toEqual([]);
  });

  test("nothing, where a claim that names no class has the one that it was made with", () => {
    const spec = { resources: { requests: { storage: "1Gi" } } };
    const live = object("PersistentVolumeClaim", { spec: { ...spec, storageClassName: "fast" } }, [
      by("helm", { "f:spec": { "f:storageClassName": {} } }),
    ]);
    expect(others(object("PersistentVolumeClaim", { spec }), live)).toEqual([]);
    const declared = object("PersistentVolumeClaim", { spec: { ...spec, storageClassName: "slow" } });
    expect(others(declared, live)).toHaveLength(1);
  });

  test("a field set: by whom and since when", () => {
    const live = object("Deployment", template({ ...container, image: "other:2" }), [
      by(own, inTemplate({ "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:name": {} } } })),
      by("kubectl-set", inTemplate({ "f:containers": { 'k:{"name":"web"}': { "f:image": {} } } })),
    ]);
    expect(others(object("Deployment", template(container)), live)).toEqual([
      'spec.template.spec.containers[web].image is "other:2", declared is "web:1" (kubectl-set, 2026-01-02 03:04:05 UTC)',
    ]);
  });

  test("an item added to a list, whole and once; values of variables stay untold", () => {
    const stranger = { name: "stranger", image: "evil:1", env: [{ name: "PASSWORD", value: "hush" }] };
    const fields = { ".": {}, "f:name": {}, "f:image": {}, "f:env": {} };
    const live = object("Deployment", template(container, stranger), [
      by(own, ownContainer),
      by("evil", inTemplate({ "f:containers": { 'k:{"name":"stranger"}': fields } })),
    ]);
    expect(others(object("Deployment", template(container)), live)).toEqual([
      'spec.template.spec.containers[stranger] is {"name":"stranger","image":"evil:1","env":[{"name":"PASSWORD","value":"…"}]}, and not declared (evil, 2026-01-02 03:04:05 UTC)',
    ]);
  });

  test("a rule added to a list that is owned as one: only what is new of it", () => {
    const rule = { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create"] };
    const more = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };
    const live = object("Role", { rules: [rule, more] }, [
      by(own, {}),
      by("kubectl-edit", { "f:rules": {} }),
    ]);
    expect(others(object("Role", { rules: [rule] }), live)).toEqual([
      `rules has ${JSON.stringify([more])}, which is not declared (kubectl-edit, 2026-01-02 03:04:05 UTC)`,
    ]);
  });

  test("everybody let in where nobody was", () => {
    const declared = object("NetworkPolicy", { spec: { ingress: [] } });
    const live = object("NetworkPolicy", { spec: { ingress: [{}] } }, [
      by(own, {}),
      by("evil", { "f:spec": { "f:ingress": {} } }),
    ]);
    expect(others(declared, live)).toEqual([
      "spec.ingress has [{}], which is not declared (evil, 2026-01-02 03:04:05 UTC)",
    ]);
  });

  test("a field taken out, which leaves no trace of who did it", () => {
    const live = object("Service", { spec: {} }, [by(own, {})]);
    expect(others(object("Service", { spec: { selector: { app: "web" } } }), live)).toEqual([
      'spec.selector is taken out, declared is {"app":"web"}',
    ]);
  });

  test("a value that only an update knows, where another has written it, and its key where it is gone", () => {
    const declared = object("Secret", { data: { password: "[secret]", url: "[secret]" } });
    const live = object("Secret", { data: { url: "aHVzaA==", more: "aHVzaA==" } }, [
      by(own, { "f:data": { ".": {} } }),
      by("evil", { "f:data": { "f:url": {}, "f:more": {} } }),
    ]);
    expect(others(declared, live)).toEqual([
      "data.url is [secret], declared is [secret] (evil, 2026-01-02 03:04:05 UTC)",
      "data.more is [secret], and not declared (evil, 2026-01-02 03:04:05 UTC)",
      "data.password is taken out, declared is [secret]",
    ]);
  });

  test("this update's own change is none", () => {
    const live = object("Deployment", template(container), [by(own, ownContainer)]);
    expect(others(object("Deployment", template({ ...container, image: "web:2" })), live)).toEqual([]);
  });
});

describe("what others write by design", () => {
  const declared = object("Deployment", template(container));

  test("the number of pods that an autoscaler sets, but not none at all", () => {
    const scaled = (replicas: number) => ({
      ...object("Deployment", { spec: { replicas, ...template(container).spec } }),
      metadata: {
        ...declared.metadata,
        managedFields: [
          by(own, ownContainer),
          by("kube-controller-manager", { "f:spec": { "f:replicas": {} } }, "scale"),
        ],
      },
    });
    expect(others(declared, scaled(3))).toEqual([]);
    expect(others(declared, scaled(0))).toHaveLength(1);
  });

  test("the time of a restart, labels and annotations of others, but none of a family that is declared", () => {
    const annotated = (fields: Fields, metadata: object) =>
      object("Namespace", { metadata }, [by(own, {}), by("rancher", { "f:metadata": fields })]);
    const namespace = annotated({ "f:annotations": { "f:cattle.io/status": {} } }, {});
    expect(others(object("Namespace", {}), namespace)).toEqual([]);

    const standard = { "pod-security.kubernetes.io/enforce": "restricted" };
    const named = (labels: object) => ({
      ...object("Namespace", {}),
      metadata: {
        name: "shop",
        labels,
        managedFields: [
          by(own, {}),
          by("kubectl-label", {
            "f:metadata": {
              "f:labels": { "f:pod-security.kubernetes.io/enforce-version": {}, "f:team": {} },
            },
          }),
        ],
      },
    });
    const widened = named({ ...standard, "pod-security.kubernetes.io/enforce-version": "v1.0", team: "a" });
    expect(others(named(standard), widened)).toEqual([
      'metadata.labels["pod-security.kubernetes.io/enforce-version"] is "v1.0", and not declared (kubectl-label, 2026-01-02 03:04:05 UTC)',
    ]);
  });

  test("what the External Secrets Operator brings", () => {
    const live = object("Secret", { data: { token: "eA==" } }, [
      by(own, {}),
      by("externalsecrets.external-secrets.io/x", { "f:data": { "f:token": {} } }),
    ]);
    expect(others(object("Secret", {}), live)).toEqual([]);
  });
});
