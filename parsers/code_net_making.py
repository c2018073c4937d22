"""Makes `code_net.npz`, the weights of the net that reads codes in bad crops, from crops that `code_net_drawing` drew.

    pip install torch==2.13.0
    python -m parsers.code_net_drawing crops --minutes 25 --fonts /usr/share/fonts …
    python -m parsers.code_net_making crops --minutes 30

Torch is not needed to read letters: the weights are shipped. Both commands may run at once: crops are taken as they
come. With ``--without Lato,Caladea`` these faces' crops are kept out, and it is printed what the net makes of them.

The shipped weights saw 127,000 crops in 408 faces (Debian's fonts-crosextra-*, -freefont-ttf, -noto-core, -open-sans,
-lato, -roboto-unhinted, -courier-prime, -cmu, -texgyre, -liberation, -dejavu and some twenty more): 19 minutes without
eight families (``--without``), then 10 with all of them (``--going-on crops/state.pt --rate 2e-3``), one thread.
"""

from __future__ import annotations

import argparse
import math
import pickle
import random
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from parsers.code_net import HEIGHT, MARKS, PADDING, STRIDES, WEIGHTS

torch: Any = import_module("torch")
_BATCH, _POOL = 48, 3_000
_RATE = 3e-3
_KERNELS = ((5, 5), (3, 3), (3, 3), (3, 3), (1, 5), (1, 3), (1, 1))
_CHANNELS = (1, 16, 32, 64, 128, 128, 128, len(MARKS) + 1)
_Row = tuple[Any, str, str, str]


def untrained() -> Any:
    layers: list[Any] = []
    nn = torch.nn
    for n, (kernel, stride, padding) in enumerate(zip(_KERNELS, STRIDES, PADDING, strict=True)):
        last = n == len(_KERNELS) - 1
        layers.append(nn.Conv2d(_CHANNELS[n], _CHANNELS[n + 1], kernel, stride, padding, bias=last))
        if not last:
            layers += [nn.BatchNorm2d(_CHANNELS[n + 1]), nn.ReLU()]
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def train(folder: Path, minutes: float, without: Sequence[str], net: Any, rate: float) -> None:
    held = [name for name in without if name]
    best = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-2)
    loss_of = torch.nn.CTCLoss(blank=len(MARKS), zero_infinity=True)
    begun, seen, kept, losses = time.monotonic(), 0, list[_Row](), list[float]()
    for rows in _pools(folder):
        kept = [*kept, *(row for row in rows if any(name in row[2] for name in held))][-3000:]
        for batch in _batches([row for row in rows if not any(name in row[2] for name in held)]):
            done = (time.monotonic() - begun) / (60 * minutes)
            if done >= 1:
                print(f"seen {seen}; of faces kept out: {_told(net, kept)}", flush=True)
                return
            for group in best.param_groups:
                group["lr"] = rate * min(1.0, (seen + 500) / 8000) * (0.5 + 0.5 * math.cos(math.pi * done))
            net.train()
            scores = _scores(net, batch)
            texts = [row[1] for row in batch]
            goal = torch.tensor([MARKS.index(mark) for text in texts for mark in text])
            lengths = torch.tensor([len(text) for text in texts])
            lasts = torch.tensor([-(-row[0].shape[1] // 4) for row in batch])
            loss = loss_of(scores, goal, lasts, lengths)
            best.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            best.step()
            seen += len(batch)
            losses.append(loss.item())
        spent = time.monotonic() - begun
        print(
            f"{spent / 60:5.1f} min {seen:7d} crops, loss {sum(losses) / max(1, len(losses)):.4f}", end=" ", flush=True
        )
        print(f"kept out: {_told(net, kept[-400:])}" if kept else "", flush=True)
        losses = []
        torch.save(net.state_dict(), folder / "state.pt")


def _pools(folder: Path) -> Iterator[list[_Row]]:
    """Files of crops as they come; where there are no new ones, old ones over again."""
    read, rng = set[Path](), random.Random(0)
    while True:
        fresh = sorted(set(folder.glob("*.pkl")) - read)[:1] or rng.sample(sorted(read), min(1, len(read)))
        read.update(fresh)
        if not fresh:
            time.sleep(2)
        for path in fresh:
            rows = pickle.loads(path.read_bytes())
            yield [row for row in rows if 4 * len(row[1]) <= row[0].shape[1] * 0.8]


def _batches(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Crops of about one width together."""
    alike = sorted(rows, key=lambda row: row[0].shape[1] + random.uniform(0, 12))
    batches = [list(alike[start : start + _BATCH]) for start in range(0, len(alike), _BATCH)]
    random.shuffle(batches)
    return batches


def _scores(net: Any, batch: Sequence[_Row]) -> Any:
    widest = -(-max(row[0].shape[1] for row in batch) // 4) * 4
    pixels = np.zeros((len(batch), 1, HEIGHT, widest), np.float32)
    for n, row in enumerate(batch):
        crop = row[0].astype(np.float32) / 255
        pixels[n, 0, :, : crop.shape[1]] = crop ** random.uniform(0.75, 1.3) if net.training else crop
    shown = torch.from_numpy(pixels).to(memory_format=torch.channels_last)
    return net(shown).squeeze(2).permute(2, 0, 1).log_softmax(2)


def _told(net: Any, rows: Sequence[_Row]) -> str:
    """Share of crops read whole, by kind."""
    net.eval()
    right: dict[str, list[bool]] = {}
    with torch.no_grad():
        for batch in _batches(rows):
            paths = _scores(net, batch).argmax(2).T.numpy()
            for row, path in zip(batch, paths, strict=True):
                path = path[: -(-row[0].shape[1] // 4)]
                marks = [a for n, a in enumerate(path) if a < len(MARKS) and (n == 0 or a != path[n - 1])]
                right.setdefault(row[3], []).append("".join(MARKS[mark] for mark in marks) == row[1])
    return ", ".join(f"{kind} {100 * sum(all_) / len(all_):.1f} %" for kind, all_ in sorted(right.items()))


def shipped(net: Any) -> dict[str, Any]:
    """Weights with what the normalisations do put into them."""
    arrays: dict[str, Any] = {}
    layers = list(net)
    convolutions = [n for n, layer in enumerate(layers) if isinstance(layer, torch.nn.Conv2d)]
    for number, place in enumerate(convolutions):
        weight = layers[place].weight.detach()
        if layers[place].bias is not None:
            bias = layers[place].bias.detach()
        else:
            norm = layers[place + 1]
            by = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
            weight, bias = weight * by[:, None, None, None], norm.bias.detach() - norm.running_mean * by
        # As the product over a patch wants them: rows, columns, channels in; channels out.
        arrays[f"weight{number}"] = weight.permute(2, 3, 1, 0).contiguous().numpy().astype(np.float16)
        arrays[f"bias{number}"] = bias.numpy().astype(np.float16)
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--without", default="")
    parser.add_argument("--rate", type=float, default=_RATE)
    parser.add_argument("--going-on", type=Path, help="state to begin with")
    given = parser.parse_args()
    torch.set_num_threads(1)
    net = untrained()
    if given.going_on:
        net.load_state_dict(torch.load(given.going_on))
    train(given.folder, given.minutes, given.without.split(","), net, given.rate)
    np.savez_compressed(WEIGHTS, **shipped(net.eval()))
    print(f"{sum(p.numel() for p in net.parameters())} weights, {WEIGHTS.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
