//! The image in a cluster: a Deployment with probes and limits, a Service and an Ingress.

use super::docker::image;
use super::slug::slug;
use super::{UsedVersion, quote};

pub fn text(used: &UsedVersion) -> String {
    let name = slug(&used.model);
    let image = image(used);
    let alias =
        used.alias.as_deref().map_or(String::new(), |alias| format!("\n    podium/alias: {}", quote::text(alias)));
    let probe = |kind: &str, more: &str| {
        format!("          {kind}:\n            httpGet:\n              path: /ping\n              port: http\n{more}")
    };
    let probes = [
        // Loading a model and its packages may take minutes.
        probe("startupProbe", "            periodSeconds: 5\n            failureThreshold: 60\n"),
        probe("readinessProbe", "            periodSeconds: 5\n"),
        probe("livenessProbe", "            periodSeconds: 20\n            timeoutSeconds: 5\n"),
    ]
    .concat();
    format!(
        "# The image is the one that the commands for Docker build; put the name of your registry before it.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app: {name}
  annotations:
    podium/model: {model}
    podium/version: {version}{alias}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      automountServiceAccountToken: false
      containers:
        - name: model
          image: {image}
          ports:
            - name: http
              containerPort: 8080
          resources:
            requests:
              cpu: 500m
              memory: 1Gi
            limits:
              cpu: \"2\"
              memory: 2Gi
{probes}          securityContext:
            allowPrivilegeEscalation: false
            runAsNonRoot: true
            runAsUser: 10001
            capabilities:
              drop:
                - ALL
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector:
    app: {name}
  ports:
    - name: http
      port: 80
      targetPort: http
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
spec:
  rules:
    - host: {name}.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {name}
                port:
                  name: http
",
        model = quote::text(&used.model),
        version = quote::text(&used.version),
    )
}
