"""Trains one classifier of support tickets; `search` in MLproject calls it with the params of a trial."""
import mlflow

EPOCHS = 12


def train(model, optimizer, batches, holdout):
    for epoch in range(1, EPOCHS + 1):
        for step, batch in batches(epoch):
            loss = model.loss(batch)
            optimizer.step(loss)
            if batches.is_half(step):
                mlflow.log_metric("train/loss", loss.item(), step=step)
        scores = holdout.score(model)
        mlflow.log_metrics({"val/loss": scores.loss, "val/accuracy": scores.accuracy, "epoch": epoch}, step=step)
