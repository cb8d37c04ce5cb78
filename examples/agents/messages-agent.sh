#!/bin/sh
# A full agent for Signalbox's backend `command`: it asks a model, keeps the conversation, and commits the answer.
# Needs curl, jq and git.
set -eu
tell() { printf '::signalbox %s\n' "$1"; }

memory="$HOME/.messages-agent-$SIGNALBOX_SESSION_ID.json"
[ -e "$memory" ] || echo '[]' >"$memory"
messages=$(jq -Rs --slurpfile past "$memory" '$past[0] + [{role: "user", content: .}]')
tell "$(jq -nc --arg model "$MODEL" '{type: "session", $model}')"
response=$(printf %s "$messages" | jq --arg model "$MODEL" '{$model, max_tokens: 8000, messages: .}' |
  curl -s -w '\n%{http_code} %header{retry-after}' "${ANTHROPIC_BASE_URL:-https://api.anthropic.com}/v1/messages" \
    -H "x-api-key: $ANTHROPIC_API_KEY" -H 'anthropic-version: 2023-06-01' --data-binary @-)
status=$(printf %s "$response" | tail -n 1)
case $status in
  200*) ;;
  429*) wait=${status#429 }; tell "{\"type\":\"quota\",\"pool\":\"anthropic\",\"resets_at\":$(($(date +%s) + ${wait:-60}))}"; exit ;;
  401*) tell '{"type":"failure","code":"auth","message":"The model refused the key"}'; exit ;;
  *) tell "{\"type\":\"failure\",\"message\":\"The model answered with $status\"}"; exit ;;
esac
body=$(printf %s "$response" | sed '$d')
tell "$(printf %s "$body" | jq -c '{type: "usage", pool: "anthropic"} + .usage')"
answer=$(printf %s "$body" | jq -r '[.content[].text // ""] | join("")')
printf %s "$messages" | jq --arg answer "$answer" '. + [{role: "assistant", content: $answer}]' >"$memory"
case $answer in
  QUESTION:*) tell "$(jq -nc --arg text "${answer#QUESTION:}" '{type: "question", $text}')"; exit ;;
esac
printf '%s\n' "$answer" >ANSWER.md
git add ANSWER.md
git commit --quiet --allow-empty --message Answer
