import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

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
  name: "sysctls",
  description: "Kernel parameters may be set only where they hold for the pod alone, not for its whole node.",
  severity: "medium",
  standard: podSecurityStandard("baseline", "Sysctls"),
  mend: `Set none but ${accepted.join(", ")}.`,
  checkPod(pod, report) {
    for (const sysctl of pod.securityContext.at("sysctls").items()) {
      const field = sysctl.at("name");
      if (field.isNot(...accepted)) report(field);
    }
  },
};
