import { expect, test } from "vitest";
import { notesOf } from "../../commands/notes/notes";
import { notes } from "../../commands/notes/text";
import type { SystemName } from "../../systems";
import { shippedSystem } from "./shipped-stack";

const commands = (stack: string, system: SystemName) =>
  notesOf(shippedSystem(stack, system)).map(({ command }) => command);

test("a system's notes hold what applies to it as it is declared, and nothing else", () => {
  expect(commands("prod", "thebot")).toEqual([
    "kubectl -n thebot get all",
    "kubectl -n thebot logs -l app.kubernetes.io/part-of=thebot --prefix --tail=20 --max-log-requests=50",
    "kubectl -n thebot exec -it sts/thebot-postgres -- psql -U thebot_user thebot_prod",
    "kubectl -n thebot exec -it sts/thebot-redis -- redis-cli info memory",
    "kubectl -n thebot describe jobs -l app.kubernetes.io/name=thebot-migrate",
    "kubectl -n thebot describe jobs -l app.kubernetes.io/name=thebot-collectstatic",
    "kubectl -n thebot describe jobs -l app.kubernetes.io/name=smoke",
    "kubectl -n thebot get hpa",
    "kubectl -n thebot get pvc",
    "kubectl -n thebot get servicemonitors",
  ]);
  // Without an ingress, volumes, autoscalers, monitoring and a store.
  expect(commands("dev", "agentsmith")).toEqual([
    "kubectl -n agentsmith-dev get all",
    "kubectl -n agentsmith-dev logs -l app.kubernetes.io/part-of=agentsmith --prefix --tail=20 --max-log-requests=50",
    "kubectl -n agentsmith-dev port-forward svc/dispatcher 8080:8080",
    "kubectl -n agentsmith-dev exec -it deploy/redis -- redis-cli info memory",
    "kubectl -n agentsmith-dev describe quota agent",
    "kubectl -n agentsmith-dev describe jobs -l app.kubernetes.io/name=smoke",
  ]);
});

test("they tell the address, the secrets without a value, and the runbook; of one system or of all", () => {
  const one = notes("prod", "thebot");
  expect(one).toMatch(/^thebot {2}https:\/\/thebot\.com\n/);
  expect(one).toMatch(/no value yet +OPENROUTER_API_KEY, PACHCA_FORUM_API_TOKEN/);
  expect(one).toContain("pulumi config set --secret thebot:OPENROUTER_API_KEY --stack prod");
  expect(one).toContain("docs/systems/thebot.md#runbook");
  expect(notes("prod").split("\n\n")).toHaveLength(5);
  expect(() => notes("prod", "tehbot")).toThrow("tehbot does not run in prod. What does: agentsmith,");
});
