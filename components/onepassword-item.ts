import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";

/** Values out of 1Password, read at every run, and secret from the first moment. */
export function onepasswordValues(
  vaultName: string,
  keys: Readonly<Record<string, { readonly item: string; readonly field: string }>>,
): Record<string, pulumi.Output<string>> {
  // Here, because only stacks that read 1Password are to load it.
  const onepassword =
    require("@1password/pulumi-onepassword") as typeof import("@1password/pulumi-onepassword");
  const vault = onepassword.getVaultOutput({ name: vaultName }).uuid;
  const titles = new Set(Object.values(keys).map(({ item }) => item));
  const items = new Map(
    [...titles].map((title) => [title, pulumi.secret(onepassword.getItemOutput({ vault, title }))]),
  );
  return Object.fromEntries(
    Object.entries(keys).map(([key, { item: title, field }]) => [
      key,
      items.get(title)!.apply((item) => fieldOf(item, field, `${vaultName}/${title}`)),
    ]),
  );
}

type Item = Awaited<ReturnType<typeof import("@1password/pulumi-onepassword").getItem>>;

function fieldOf(item: Item, label: string, where: string): string {
  const own: Record<string, string | undefined> = {
    username: item.username,
    password: item.password,
    credential: item.credential,
  };
  const fields = (item.sections ?? []).flatMap(({ fields }) => fields ?? []);
  const value = fields.find((field) => field.label === label)?.value ?? own[label];
  if (value) return value;
  const labels = [...fields.map((field) => field.label), ...Object.keys(own).filter((name) => own[name])];
  throw new RunError(
    `1Password's item ${where} has no field "${label}"; it has ${labels.join(", ") || "none"}. Name another with \`field\`, or add it there.`,
  );
}
