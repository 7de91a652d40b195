{{/* The name of every object, at most 50 characters, so that a suffix fits into 63. */}}
{{- define "rollcall.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "rollcall.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "rollcall.labels" -}}
{{ include "rollcall.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "rollcall.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* A Deployment. Takes a dict: root, role, settings (of values.yaml), and volume (how /data is kept). */}}
{{- define "rollcall.deployment" -}}
{{- $root := .root -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "rollcall.name" $root }}-{{ .role }}
  labels:
    {{- include "rollcall.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  replicas: {{ .settings.replicas }}
  # Migrations only add, so a process of the former version keeps working while a newer one starts.
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels:
      {{- include "rollcall.selector" $root | nindent 6 }}
      app.kubernetes.io/component: {{ .role }}
  template:
    metadata:
      labels:
        {{- include "rollcall.labels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ .role }}
      annotations:
        # Otherwise the emptyDir would keep the autoscaler from removing a node; all of it can be fetched again.
        cluster-autoscaler.kubernetes.io/safe-to-evict: "true"
    spec:
      serviceAccountName: {{ include "rollcall.name" $root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      # A stop takes up to 10 seconds; before it the web pods wait until no more webhooks are sent to them.
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        fsGroup: 1000
        seccompProfile: { type: RuntimeDefault }
      {{- with $root.Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "rollcall.selector" $root | nindent 14 }}
              app.kubernetes.io/component: {{ .role }}
      containers:
        - name: rollcall
          image: {{ include "rollcall.image" $root | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          envFrom:
            - secretRef: { name: {{ $root.Values.existingSecret | quote }} }
          env:
            - { name: ROLE, value: {{ .role }} }
            - { name: HOST, value: "0.0.0.0" }
            - { name: PORT, value: "3000" }
            - { name: DATA_DIR, value: /data }
            # Probes and Prometheus come from outside of the pod; MONITOR_TOKEN guards the metrics.
            - { name: MONITOR_HOST, value: "0.0.0.0" }
            - { name: MONITOR_PORT, value: {{ $root.Values.monitor.port | quote }} }
            {{- range $name, $value := $root.Values.env }}
            - { name: {{ $name }}, value: {{ $value | quote }} }
            {{- end }}
          ports:
            - { name: http, containerPort: 3000 }
            - { name: monitor, containerPort: {{ $root.Values.monitor.port }} }
          # A migration of a large record may take minutes, and the process is alive meanwhile.
          startupProbe:
            httpGet: { path: /healthz, port: monitor }
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: /healthz, port: monitor }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: { path: /readyz, port: monitor }
            periodSeconds: 5
            timeoutSeconds: 6
            failureThreshold: 2
          {{- if eq .role "web" }}
          lifecycle:
            preStop:
              sleep: { seconds: 5 }
          {{- end }}
          resources: {{- toYaml .settings.resources | nindent 12 }}
          volumeMounts:
            - { name: data, mountPath: /data }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: data
          emptyDir: { sizeLimit: {{ .settings.dataSize | default "100Mi" }} }
        - name: tmp
          emptyDir: { sizeLimit: 100Mi }
{{- end -}}

{{/* A PodDisruptionBudget for one role: one pod at a time, so a single one never keeps a node from being drained. */}}
{{- define "rollcall.budget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "rollcall.name" .root }}-{{ .role }}
  labels:
    {{- include "rollcall.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "rollcall.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{/* What pods of one role may send: names, GitHub and Stripe, the database. */}}
{{- define "rollcall.egress" -}}
- ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
- ports:
    - { port: 443, protocol: TCP }
- ports:
    - { port: {{ .Values.networkPolicy.databasePort }}, protocol: TCP }
{{- with .Values.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}
