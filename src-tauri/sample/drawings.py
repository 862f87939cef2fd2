"""Curves and pictures for the sample workspace: made up, but as training makes them.

All numbers come from one seeded generator, so the pictures are the same at every run.
"""
import io

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

NUMBERS = np.random.default_rng(7)
HISTORY_STEPS = 2000


def loss_curve(floor, start, tau, noise, spikes=0, rise=0.0, steps=HISTORY_STEPS):
    """A training loss: stretched exponential, correlated noise, a few peaks, an optional late rise."""
    s = np.arange(steps)
    wave = np.zeros(steps)
    for i, e in enumerate(NUMBERS.normal(0, noise, steps)):
        wave[i] = 0.82 * wave[i - 1] + e if i else e
    base = floor + (start - floor) * np.exp(-((s / tau) ** 0.72))
    curve = base * (1 + wave) + rise * (s / steps) ** 2
    for _ in range(spikes):
        where, height = int(NUMBERS.integers(60, steps - 20)), NUMBERS.uniform(0.5, 1.6)
        tail = np.exp(-np.arange(steps - where) / NUMBERS.uniform(2, 9))
        curve[where:] += height * tail
    # What a framework hands over is a float32.
    return np.maximum(curve, 1e-3).astype(np.float32).astype(float)


def png(figure, colours=48):
    """The figure as a small palette PNG."""
    raw = io.BytesIO()
    figure.savefig(raw, dpi=110)
    plt.close(figure)
    return Image.open(raw).convert("RGB").quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def confusion_matrix(labels, accuracy, title):
    n, per_class = len(labels), 240
    matrix = np.full((n, n), 0.0)
    for i in range(n):
        wrong = NUMBERS.dirichlet(np.ones(n - 1) * 0.7) * (1 - accuracy) * per_class * NUMBERS.uniform(0.6, 1.4)
        matrix[i, [j for j in range(n) if j != i]] = wrong.round()
        matrix[i, i] = per_class - matrix[i].sum()
    fig, ax = plt.subplots(figsize=(4.4, 3.9), layout="constrained")
    ax.imshow(matrix, cmap="Blues", vmin=0, vmax=per_class)
    ax.set(xticks=range(n), yticks=range(n), xticklabels=labels, yticklabels=labels, xlabel="predicted", ylabel="true", title=title)
    ax.tick_params(length=0, labelsize=8)
    for i in range(n):
        for j in range(n):
            ax.text(j, i, int(matrix[i, j]), ha="center", va="center", fontsize=8, color="white" if matrix[i, j] > per_class / 2 else "#345")
    for side in ax.spines.values():
        side.set_visible(False)
    return png(fig), matrix


def roc_curve(auc):
    x = np.linspace(0, 1, 200)
    fig, ax = plt.subplots(figsize=(4.2, 3.6), layout="constrained")
    ax.fill_between(x, x ** (1 / auc - 1), alpha=0.12, color="#2f6fde")
    ax.plot(x, x ** (1 / auc - 1), color="#2f6fde", lw=2, label=f"AUC {auc:.3f}")
    ax.plot([0, 1], [0, 1], color="#9aa", lw=1, ls="--")
    ax.set(xlabel="false positive rate", ylabel="true positive rate", xlim=(0, 1), ylim=(0, 1.02))
    ax.legend(loc="lower right", frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    return png(fig)


def attention_map(progress, seed, size=192):
    """A made-up picture with the map of what the model looks at, which narrows as training proceeds."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size] / size
    sky = np.stack([0.20 + 0.5 * y, 0.36 + 0.35 * y, 0.55 + 0.1 * y], -1)
    hills = y > 0.62 + 0.07 * np.sin(7 * x + seed) + 0.03 * np.sin(19 * x)
    sky[hills] = np.stack([0.16 + 0.1 * x, 0.34 - 0.1 * (y - 0.6), 0.26 + 0 * x], -1)[hills]
    cx, cy = rng.uniform(0.35, 0.65), rng.uniform(0.35, 0.5)
    r2 = (x - cx) ** 2 + (y - cy) ** 2
    sky[r2 < 0.016] = [0.97, 0.80, 0.42]
    spread = 0.35 - 0.27 * progress
    heat = np.exp(-r2 / (2 * spread**2))
    stray = sum(np.exp(-((x - rng.random()) ** 2 + (y - rng.random()) ** 2) / 0.01) for _ in range(4))
    heat = np.clip(heat + (1 - progress) * 0.6 * stray, 0, 1)
    colour = matplotlib.colormaps["inferno"](heat)[..., :3]
    mix = sky * 0.55 + colour * 0.45
    return Image.fromarray((np.clip(mix, 0, 1) * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))


def prediction_grid(cells=4, size=72):
    """Shapes with a green or red frame: what was classified well and what was not."""
    sheet = Image.new("RGB", (cells * size, cells * size), "#f4f5f7")
    draw = ImageDraw.Draw(sheet)
    hues = ["#2f6fde", "#d9822b", "#7b4fc9", "#2a9d78", "#c23b5a"]
    for i in range(cells * cells):
        x, y = i % cells * size, i // cells * size
        right = NUMBERS.random() < 0.86
        draw.rounded_rectangle((x + 4, y + 4, x + size - 5, y + size - 5), 8, fill="white", outline="#2a9d58" if right else "#d03c3c", width=3)
        box, hue = (x + 20, y + 20, x + size - 21, y + size - 21), hues[int(NUMBERS.integers(5))]
        shape = int(NUMBERS.integers(3))
        if shape == 0:
            draw.ellipse(box, fill=hue)
        elif shape == 1:
            draw.rounded_rectangle(box, 5, fill=hue)
        else:
            draw.polygon([(x + size / 2, y + 18), (x + size - 20, y + size - 21), (x + 20, y + size - 21)], fill=hue)
    return sheet.quantize(24)
