/** What the pods of backups run in the image of rclone, whose remote "bucket" is described by their environment. */
export const bucketScript = `
# Copies a server's backups to the bucket and back. BACKUP_DIRECTORY and BUCKET_PATH are where they are.
#
#   sh bucket.sh upload    what the bucket does not have yet; of more than BACKUPS_KEPT, the oldest go
#   sh bucket.sh fetch     back to the volume, where that was lost
set -eu
remote=bucket:$BUCKET_PATH
# Whatever lies beside them is not touched.
rclone() {
  command rclone "$@" --include '*.dump' --include '*.rdb'
}

upload() {
  rclone copy "$BACKUP_DIRECTORY" "$remote"
  rclone lsf "$remote" | sort -r | tail -n "+$((BACKUPS_KEPT + 1))" | while read -r old; do
    command rclone deletefile "$remote/$old"
    echo "removed $old from the bucket"
  done
  echo "copied to $BUCKET_PATH"
}

fetch() {
  mkdir -p "$BACKUP_DIRECTORY"
  rclone copy "$remote" "$BACKUP_DIRECTORY"
}

"$@"
`.trimStart();
