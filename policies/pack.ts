import { PolicyPack } from "@pulumi/policy";
import { crossGuardPolicies } from "./cross-guard";
import { rules } from "./rules";

// PolicyPack takes its version from the package.json of the working directory, which is that of the program checked.
process.chdir(__dirname);

new PolicyPack("muster", {
  description: "What everything that Muster runs must satisfy, checked before it is applied.",
  policies: crossGuardPolicies(Object.values(rules).flat()),
});
