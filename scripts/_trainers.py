"""Load a folder of exports with datasets, check it with TRL's own functions, and print a line of JSON a file.

usage: _trainers.py DIR, with a Python that has datasets and trl
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRL_EXPERIMENTAL_SILENCE": "1"}

import datasets
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from trl.data_utils import apply_chat_template, is_conversational
from trl.experimental.prm import PRMTrainer

TEMPLATE = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
COLUMNS = {
    "pairs": ("prompt", "chosen", "rejected"),
    "steps": ("prompt", "completions", "labels"),
    "prefixes": ("prompt", "completion"),
    "distillation": ("prompt", "completion"),
}


def main(folder: Path) -> None:
    """Check every export in *folder*."""
    tokenizer = words_tokenizer()
    for path in sorted(folder.glob("*.manifest.json")):
        manifest = json.loads(path.read_text("utf-8"))
        cache = str(folder / ".cache")
        rows = datasets.load_dataset("json", data_files=str(folder / manifest["file"]), split="train", cache_dir=cache)
        columns = COLUMNS[manifest["kind"]]
        missing = set(columns) - set(rows.column_names)
        if missing or len(rows) != manifest["rows"]:
            message = f"{path}: {len(rows)} rows, without {sorted(missing)}"
            raise SystemExit(message)
        check = check_steps if manifest["kind"] == "steps" else check_messages
        for row in rows:
            check({name: row[name] for name in columns}, tokenizer)
        print(json.dumps({"kind": manifest["kind"], "rows": len(rows), "trained": manifest["trained"]}))


def check_steps(row: dict[str, Any], tokenizer: PreTrainedTokenizerFast) -> None:
    """Have the trainer of process reward models tokenize *row*: as many labels as steps, true and false."""
    done = PRMTrainer.tokenize_row(
        row,
        tokenizer,
        step_separator="\n",
        max_length=None,
        max_completion_length=None,
        train_on_last_step_only=False,
        is_eval=False,
    )
    found = [label for label in done["labels"] if label != -100]
    assert found == [int(label) for label in row["labels"]], row


def check_messages(row: dict[str, Any], tokenizer: PreTrainedTokenizerFast) -> None:
    """Have TRL write *row* by a chat template: every column becomes words, and none is lost."""
    assert is_conversational(row), row
    done = apply_chat_template(row, tokenizer)
    assert set(done) == set(row), done
    assert all(isinstance(text, str) and text for text in done.values()), done


def words_tokenizer() -> PreTrainedTokenizerFast:
    """Make a tokenizer that knows every word as an unknown one, with a chat template: nothing has to be fetched."""
    made = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split("\n", "isolated")
    return PreTrainedTokenizerFast(tokenizer_object=made, unk_token="<unk>", chat_template=TEMPLATE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
