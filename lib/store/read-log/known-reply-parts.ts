import { isPythonObject, type PythonObject, parsePythonJson } from '../../row/python/python-json.js'

/**
 * Parts of OpenAI's replies that recur, and which llm therefore stores as a reference. llm never
 * changes one, because stored replies refer to them.
 *
 * @see https://github.com/simonw/llm `json_replacements` in llm/default_plugins/openai_models.py
 */
const parts = `{
  "m.completion_tokens_details_0": {"accepted_prediction_tokens": 0, "audio_tokens": 0,
    "reasoning_tokens": 0, "rejected_prediction_tokens": 0},
  "m.prompt_tokens_details_0": {"audio_tokens": 0, "cached_tokens": 0},
  "m.tool_usage_0": {
    "image_gen": {
      "input_tokens": 0, "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
      "output_tokens": 0, "output_tokens_details": {"image_tokens": 0, "text_tokens": 0},
      "total_tokens": 0},
    "web_search": {"num_requests": 0}},
  "m.input_tokens_details_0": {"cached_tokens": 0, "cache_write_tokens": 0},
  "m.reasoning_settings_0": {"effort": "medium", "summary": "detailed", "context": "all_turns",
    "mode": "standard"},
  "m.reasoning_settings_1": {"effort": "medium", "summary": "detailed", "context": "current_turn",
    "mode": "standard"},
  "m.text_format_0": {"format": {"type": "text"}, "verbosity": "medium"},
  "m.response_env_0": {"object": "response", "parallel_tool_calls": true, "temperature": 1.0,
    "tool_choice": "auto", "top_p": 1.0, "background": false, "service_tier": "default",
    "status": "completed", "top_logprobs": 0, "truncation": "disabled", "frequency_penalty": 0.0,
    "presence_penalty": 0.0, "store": false, "tools": []},
  "m.message_completed": {"role": "assistant", "status": "completed", "type": "message",
    "phase": "final_answer"}
}`

const parsed = parsePythonJson(parts)

export const knownReplyParts: PythonObject = isPythonObject(parsed) ? parsed : new Map()
