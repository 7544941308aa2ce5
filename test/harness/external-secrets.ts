import { ExternalSecretsOperator } from "../../tools/external-secrets";
import { localParts } from "../../tools/local";
import { toolchain } from "../../tools/toolchain";
import { testCluster } from "./cluster";

/** The External Secrets Operator for the test cluster, neither installed nor started. */
export async function externalSecretsOperator(): Promise<ExternalSecretsOperator> {
  return new ExternalSecretsOperator(
    await testCluster(),
    await toolchain([...localParts, "external-secrets"]),
  );
}
