import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { beyondRollback } from "../../commands/rollback/beyond";
import { updatesInText } from "../../commands/rollback/list";
import { editedStackFile } from "../../config/edit-stack-file";
import { declaredSystems } from "../../systems";
import { root } from "../../tools/places";
import { stackConfig } from "../../tools/stack-config";
import type { Update } from "../../tools/stack-history";

const update = (number: number, replicas: number, more: Partial<Update> = {}): Update => ({
  number,
  begun: `2026-01-0${number}T10:00:00Z`,
  message: `Update ${number}`,
  commit: "0123456789abc",
  isDirty: false,
  result: "succeeded",
  config: { "muster:shop": JSON.stringify({ web: { replicas } }) },
  secretKeys: ["shop:token"],
  ...more,
});

test("updates are listed newest first, each with what differed", () => {
  const updates = [
    update(4, 3, { result: "failed", secretKeys: ["shop:token", "shop:key"] }),
    update(3, 3, { commit: "fedcba9876543" }),
    update(2, 3),
    update(1, 2),
  ];
  expect(updatesInText(updates)).toBe(
    [
      '4  2026-01-04 10:00 UTC  failed  commit 012345678, "Update 4"',
      "     the program: git log fedcba987..012345678",
      "     shop:key: [secret] is new",
      "",
      '3  2026-01-03 10:00 UTC  succeeded  commit fedcba987, "Update 3"',
      "     the program: git log 012345678..fedcba987",
      "",
      '2  2026-01-02 10:00 UTC  succeeded  commit 012345678, "Update 2"',
      "     muster:shop.web.replicas: 2 → 3",
      "",
      '1  2026-01-01 10:00 UTC  succeeded  commit 012345678, "Update 1"',
      "     the first that is kept",
    ].join("\n"),
  );
});

test("what does not come back is said: a migration that ran, a volume that is gone or has grown, a system", () => {
  const prod = readFileSync(join(root, "Pulumi.prod.yaml"), "utf8");
  const systems = (...edits: [path: string, value: unknown][]) => {
    const all = edits.map(([path, value]) => ({ path: path.split("."), value }));
    return declaredSystems(stackConfig("prod", editedStackFile(prod, all))).map(({ declared }) => declared);
  };
  const now = systems(
    ["muster:thebot.image.backend", "thebot/backend:v2.0.0"],
    ["muster:thebot.volumes.media.size", "200Gi"],
    ["muster:rtc-egress", undefined],
  );
  expect(beyondRollback(now, systems(["muster:wbot", undefined]))).toEqual([
    "wbot did not run then: it is removed, but for its volumes.",
    ...["recordings", "snapshots"].map(
      (volume) =>
        `rtc-egress: volume ${volume} is in use again. What it held is there only if it was not deleted since.`,
    ),
    "thebot: volume thebot-media has 200Gi, and had 100Gi. A volume does not get smaller: set that size again where it was less.",
    "thebot: Job thebot-migrate runs again, of thebot/backend:v1.0.0. What it did of thebot/backend:v2.0.0 stays done: a migration is not taken back.",
    "thebot: Job thebot-collectstatic runs again, of thebot/backend:v1.0.0. What it did of thebot/backend:v2.0.0 stays done: a migration is not taken back.",
  ]);
  expect(beyondRollback(now, now)).toEqual([]);
});
