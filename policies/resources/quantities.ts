import { parseQuantity } from "../../config/values/amount";
import type { Field } from "../field";
import type { Standard } from "../rule";

/** Kubernetes' own documentation on resources. */
export function resourceManagement(control: "Limits" | "Requests"): Standard {
  return {
    name: "Kubernetes: Resource Management for Pods and Containers",
    control,
    url: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  };
}

/** True of a quantity above zero: Kubernetes takes zero for no bound at all. */
export function isBound({ value }: Field): boolean {
  if (typeof value !== "string" && typeof value !== "number") return false;
  const amount = parseQuantity(String(value));
  return amount !== undefined && amount.units > 0n;
}
