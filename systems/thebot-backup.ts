import type { BackupDeclaration, BucketDeclaration } from "../components/backup";
import { type Edge, inNamespace, internet, network } from "../components/edge";
import { claim } from "../components/persistent-volume-claim";
import { bucketSecrets, type ThebotConfig } from "../config/thebot";

type Backup = NonNullable<ThebotConfig["backup"]>;

/** How its servers are backed up; undefined where they are not. */
export function backupOf({ backup, stack }: ThebotConfig): BackupDeclaration | undefined {
  if (!backup) return undefined;
  const { s3, ...rest } = backup;
  return {
    ...rest,
    claim: claim({ name: "thebot-server-backups", accessMode: "ReadWriteMany", ...backup.claim }),
    bucket: s3 && bucketOf(s3, `${stack}/thebot`),
  };
}

function bucketOf(
  { bucket: name, opened, prefix, ...s3 }: NonNullable<Backup["s3"]>,
  ownPrefix: string,
): BucketDeclaration {
  const credentials = {
    name: "thebot-backup",
    keys: {
      "access-key-id": { ...bucketSecrets["backup-access-key-id"], from: "backup-access-key-id" },
      "secret-access-key": { ...bucketSecrets["backup-secret-access-key"], from: "backup-secret-access-key" },
    },
  };
  return { ...s3, name, prefix: prefix ?? ownPrefix, credentials, edge: edgeTo(opened) };
}

/** What the network opens to the pods that copy there. */
function edgeTo(opened: NonNullable<Backup["s3"]>["opened"]): Edge {
  const { ports } = opened;
  const what = "the bucket of backups";
  if ("namespace" in opened) return inNamespace({ what, namespace: opened.namespace, ports });
  if ("cidrs" in opened) return network({ what, cidrs: opened.cidrs, ports });
  return internet(what, ports);
}
