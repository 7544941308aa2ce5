import { podSecurityStandard } from "../references";
import type { Rule } from "../rule";

const accepted = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

export const sysctls: Rule = {
  id: "sysctls",
  title: "Kernel parameters may be set only where they hold for the pod alone, not for its whole node.",
  severity: "medium",
  references: [podSecurityStandard("baseline", "Sysctls")],
  mend: `Set none but ${accepted.join(", ")}.`,
  requires: [{ of: "pod", path: "securityContext.sysctls[].name", accepts: accepted }],
};
