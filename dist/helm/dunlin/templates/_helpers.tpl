{{- define "dunlin.name" -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "dunlin.selector" -}}
app.kubernetes.io/name: dunlin
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "dunlin.labels" -}}
{{ include "dunlin.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "dunlin.consoleHosts" -}}
"{{ include "dunlin.name" . }}-admin", "{{ include "dunlin.name" . }}-admin.$(POD_NAMESPACE)", "{{ include "dunlin.name" . }}-admin.$(POD_NAMESPACE).svc", "{{ include "dunlin.name" . }}-admin.$(POD_NAMESPACE).svc.cluster.local"
{{- end -}}
