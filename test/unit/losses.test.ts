import { expect, test } from "vitest";
import { losses } from "../../cluster/comparison/losses";

test("a store that leads elsewhere is read at the next refresh, or at once by a command; one that stays is not spoken of", () => {
  const store = (path: string) => ({
    apiVersion: "external-secrets.io/v1",
    kind: "SecretStore",
    metadata: { name: "vault", namespace: "web" },
    spec: { provider: { vault: { path } } },
  });
  const said = (path: string) =>
    losses([], {
      own: [{ object: { urns: [], resource: "store", manifest: store(path) }, live: store("old") }],
      created: [],
      changed: [],
      live: { of: () => null, all: () => [], unchecked: [] },
      record: new Map(),
    });
  expect(said("old")).toEqual([]);
  expect(said("new")).toEqual([
    expect.stringMatching(
      /^SecretStore web\/vault leads elsewhere, .* kubectl annotate externalsecret --all .* --namespace web$/,
    ),
  ]);
});
