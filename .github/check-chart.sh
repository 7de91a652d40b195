#!/usr/bin/env bash
# Lints the Helm chart, renders it with each file of values in its folder ci/, and compares what comes out with the schemas
# of Kubernetes. Needs helm and kubeconform; kubeconform downloads the schemas.
#
# Usage: bash .github/check-chart.sh
set -euo pipefail
cd "$(dirname "$0")/.."

chart=deploy/helm/rollcall
# The oldest version that the chart allows, and a recent one.
versions=(1.30.0 1.34.0)

for values in "$chart"/ci/*-values.yaml; do
  helm lint "$chart" --strict --values "$values"
  for version in "${versions[@]}"; do
    echo "== $values, Kubernetes $version"
    # The Prometheus operator's kinds are not among the schemas.
    helm template rollcall "$chart" --kube-version "$version" --values "$values" |
      kubeconform -strict -summary -kubernetes-version "$version" -skip ServiceMonitor,PrometheusRule -
  done
done

# Without an image and a Secret there is nothing to install.
if helm template rollcall "$chart" --kube-version 1.34.0 > /dev/null 2>&1; then
  echo "FAILED: the chart renders without image.repository and existingSecret" >&2
  exit 1
fi
echo "passed"
