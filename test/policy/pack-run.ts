import { unknownCheckingProxy } from "@pulumi/policy";
import { crossGuardPolicies } from "../../policies/cross-guard";
import type { Rule } from "../../policies/rule";
import { allRules, type Json, podSpecWith } from "./objects";

type Reports = Record<string, string[]>;
type Call = (args: unknown, report: (message: string, urn?: string) => void) => void;
type Asked = {
  name: string;
  enforcementLevel: string;
  validateResource: Call | Call[];
  validateStack?: Call;
};
type Config = Readonly<Record<string, object>>;

/** A run of the pack, asked as CrossGuard asks: one policy after the other, each handed its own copy. */
export class PackRun {
  copies = 0;
  readonly policies: Asked[];

  constructor(
    rules: readonly Rule[] = allRules,
    private readonly config: Config = {},
    today = new Date("2026-06-15T12:00:00Z"),
  ) {
    const policies = crossGuardPolicies(rules, today) as unknown as Asked[];
    this.policies = policies.filter(({ enforcementLevel }) => enforcementLevel !== "disabled");
  }

  async resource(
    props: Json,
    { type = "kubernetes:apps/v1:Deployment", name = "main" } = {},
  ): Promise<Reports> {
    const reports: Reports = {};
    for (const policy of this.policies) {
      for (const validate of [policy.validateResource].flat()) {
        this.copies++;
        validate(
          {
            type,
            name,
            urn: urn(type, name),
            props: unknownCheckingProxy(structuredClone(props)),
            getConfig: () => this.config[policy.name] ?? {},
          },
          (message) => push(reports, policy.name, message),
        );
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
    return reports;
  }

  /** As `<urn's name>: message` where it is about a resource. */
  stack(): Reports {
    const reports: Reports = {};
    for (const policy of this.policies) {
      if (!policy.validateStack) continue;
      this.copies++;
      policy.validateStack({ getConfig: () => this.config[policy.name] ?? {} }, (message, about) =>
        push(reports, policy.name, about ? `${about.split("::").at(-1)}: ${message}` : message),
      );
    }
    return reports;
  }
}

const urn = (type: string, name: string) => `urn:pulumi:dev::test::${type}::${name}`;

function push(reports: Reports, policy: string, message: string) {
  reports[policy] = [...(reports[policy] ?? []), message];
}

/** What the pack says of one object. */
export const analyze = (props: Json, config: Config = {}) => new PackRun(allRules, config).resource(props);

export const deployment = (spec: Json): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
  spec: { template: { spec } },
});
export const root = deployment(podSpecWith("containers.1.securityContext.runAsUser", 0));
