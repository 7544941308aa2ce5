import { perPod, sizes, utilization } from "./rtc-egress";

// What the document says of rtc-egress.

/** The autoscaler of the recorders, and that of the notifiers. */
export const recorderScaling = {
  scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "egress" },
  minReplicas: 3,
  maxReplicas: 10,
  metrics: [utilization("cpu", 70), utilization("memory", 80), perPod("active_tasks_per_pod", "20")],
  behavior: {
    scaleUp: {
      stabilizationWindowSeconds: 60,
      selectPolicy: "Min",
      policies: [
        { type: "Percent", value: 50, periodSeconds: 60 },
        { type: "Pods", value: 2, periodSeconds: 60 },
      ],
    },
    scaleDown: {
      stabilizationWindowSeconds: 300,
      selectPolicy: "Min",
      policies: [
        { type: "Percent", value: 25, periodSeconds: 60 },
        { type: "Pods", value: 1, periodSeconds: 60 },
      ],
    },
  },
};

export const notifierScaling = {
  scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "webhook-notifier" },
  minReplicas: 2,
  maxReplicas: 4,
  metrics: [
    utilization("cpu", 60),
    utilization("memory", 70),
    perPod("pending_notifications_per_pod", "100"),
  ],
  behavior: {
    scaleUp: {
      stabilizationWindowSeconds: 30,
      selectPolicy: "Max",
      policies: [
        { type: "Percent", value: 100, periodSeconds: 30 },
        { type: "Pods", value: 1, periodSeconds: 30 },
      ],
    },
    scaleDown: {
      stabilizationWindowSeconds: 180,
      selectPolicy: "Max",
      policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
    },
  },
};

/** Probes: delay, period, timeout and how many failures. */
export const programs = [
  {
    name: "egress",
    image: "rtc-egress:1.0.0",
    command: ["./bin/egress"],
    args: ["--config", "/etc/rtc_egress/egress_config.yaml"],
    ports: { health: 8182 },
    resources: sizes("500m", "512Mi", "2", "2Gi"),
    liveness: [30, 30, 5, 3],
    readiness: [10, 10, 3, 2],
    grace: 3600,
  },
  {
    name: "webhook-notifier",
    image: "rtc-egress:1.0.0",
    command: ["./bin/webhook-notifier"],
    args: ["--config", "/etc/rtc_egress/webhook_notifier_config.yaml"],
    ports: { health: 8185 },
    resources: sizes("100m", "128Mi", "500m", "512Mi"),
    liveness: [15, 30, 5, 3],
    readiness: [5, 10, 3, 2],
    grace: 45,
  },
  {
    name: "web-dispatch",
    image: "rtc-egress/flexible-recorder:1.0.0",
    command: ["./bin/flexible-recorder"],
    args: ["--config", "/etc/rtc_egress/flexible_recorder_config.yaml"],
    ports: { health: 8182 },
    resources: sizes("100m", "128Mi", "500m", "512Mi"),
    liveness: [15, 30, 10, 3],
    readiness: [5, 10, 8, 2],
    grace: 30,
  },
  {
    name: "web-recorder",
    image: "your-web-recorder:1.0.0",
    command: undefined,
    args: undefined,
    ports: { http: 3000 },
    resources: sizes("200m", "256Mi", "1", "1Gi"),
    liveness: [30, 30, 10, 3],
    readiness: [10, 10, 5, 2],
    grace: 3600,
  },
];
