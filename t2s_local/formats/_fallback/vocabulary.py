"""Map for unknown formats: the names that people give to roles, texts, calls and results."""

from t2s_local.formats._dialects.conversations import (
    REPOSITORY_KEYS,
    SESSION_KEYS,
    TASK_KEYS,
    TERMINATION_KEYS,
    TRIAL_KEYS,
)
from t2s_local.formats._dialects.message_parts import ARGUMENT_KEYS, TEXT_KEYS
from t2s_local.records.outcome import LABEL_KEYS
from t2s_local.text.projects import FOLDER_KEYS
from t2s_local.values.layout import CallPaths, Layout, ResultPaths, RoleWords, RunPaths, StepPaths

_NAMES = ("name", "tool_name", "function_name", "toolName", "tool", "function")
_IDS = ("tool_call_id", "call_id", "tool_use_id", "toolCallId", "callID", "source_call_id", "id")
ACTIONS = ("actions", "action_history", "commands", "calls", "tool_calls")
ANSWERS = ("observations", "observation_history", "outputs", "results", "responses")
THOUGHTS = ("thoughts", "reasoning", "rationales")
"""Names of parallel lists (actions, answers and thoughts)."""

VOCABULARY = Layout(
    runs=RunPaths(
        by=SESSION_KEYS[:-1],
        id=SESSION_KEYS,
        task=("query", "question", "task", "instruction", "problem_statement", "goal", "prompt"),
        task_id=TASK_KEYS,
        trial=TRIAL_KEYS,
        model=("model", "model_name"),
        folder=FOLDER_KEYS,
        repository=(
            *REPOSITORY_KEYS,
            *(f"{around}.{key}" for around in ("metadata", "meta") for key in REPOSITORY_KEYS),
        ),
        outcome=(*LABEL_KEYS, *(f"{around}.{key}" for around in ("metadata", "meta") for key in LABEL_KEYS), "result"),
        system=("system", "system_prompt", "systemPrompt"),
        termination=TERMINATION_KEYS,
    ),
    steps=StepPaths(
        inside=("message", "payload", "data", "item", "event", "event.part"),
        role=(
            *(
                "role",
                "from",
                "source",
                "sender",
                "speaker",
                "author",
                "message_type",
                "type",
                "kind",
                "part_kind",
                "subtype",
            ),
            *("info.role", "id[-1]"),
        ),
        text=(*TEXT_KEYS, "kwargs.content", "data.content", "part.text"),
        thought=(
            "reasoning_content",
            "reasoning",
            "thought",
            "thinking",
            "thoughts",
            "rationales",
            "summary",
            "think",
            "part.think",
        ),
        time=("timestamp", "created_at", "time", "ts", "date", "at"),
        calls=(
            *(f"{key}[*]" for key in ("tool_calls", "toolCalls", "calls", "function_calls", "tool_uses")),
            *(f"{key}[*]" for key in ("toolRequests", "kwargs.tool_calls", "data.toolRequests", "data.tool_calls")),
            *("tool_call", "toolCall", "call", "function_call", "action", "actions", "action_history", "commands"),
        ),
        results=("observation.results[*]", "observation", *ANSWERS),
        system=("system_prompt",),
        id=("uuid", "id", "message.id"),
        parent=("parentUuid", "parentId", "parent_id", "parent"),
        events="openhands",
    ),
    calls=CallPaths(
        name=("function.name", "toolCall.value.name", *_NAMES),
        arguments=(
            *(f"{around}.{key}" for around in ("function", "toolCall.value", "state") for key in ARGUMENT_KEYS),
            *(*ARGUMENT_KEYS, "command"),
        ),
        id=_IDS,
        result=("result", "output", "state.output", "state.error", "aggregated_output"),
    ),
    results=ResultPaths(
        text=(
            *(
                "output.output",
                "result.content",
                "data.result.content",
                "result.output",
                "toolResult.value.content",
                "toolResult.value",
            ),
            *(*TEXT_KEYS, "kwargs.content", "data.content"),
        ),
        call=("data.toolCallId", "kwargs.tool_call_id", "data.tool_call_id", *_IDS),
        name=_NAMES[:4],
        error=("is_error", "isError", "error", "result.isError", "toolResult.value.isError"),
        ok=("ok", "success", "data.success"),
        exit_code=("exit_code", "exitCode", "returncode", "output.metadata.exit_code", "state.metadata.exit"),
    ),
    roles=RoleWords(
        system=("system", "developer", "system_prompt", "system_message", "systemmessage", "notification"),
        user=(
            "user",
            "human",
            "customer",
            "user_message",
            "user.message",
            "input_text",
            "question",
            "user_input",
            "humanmessage",
        ),
        agent=(
            *("assistant", "ai", "gpt", "model", "agent", "bot", "gemini", "chatgpt", "llm"),
            *("assistant_message", "assistant.message", "agent_message", "output_text", "completion"),
            *("aimessage", "content.part", "response"),
        ),
        thought=("thought", "thinking", "reasoning", "reasoning_message", "agent_reasoning", "think"),
        call=(
            *("tool_call", "function_call", "tool_use", "tool_call_message", "action", "toolcall", "tool.call"),
            *("toolrequest", "command_execution"),
        ),
        result=(
            *("tool", "function", "observation", "tool_result", "toolresult", "environment", "env"),
            *("function_call_output", "tool_return_message", "tool_output", "ipython", "function_response"),
            *("toolresponse", "tool.execution_complete", "tool.result", "toolmessage"),
        ),
        skip=("item.started", "tool.execution_start"),
    ),
)
