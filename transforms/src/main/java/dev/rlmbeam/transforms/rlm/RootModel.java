package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;
import java.time.Duration;
import java.util.List;

/** The root model as one run asks it: within the run's deadline, its usage counted. */
final class RootModel {
  private final LanguageModel model;
  private final Deadline deadline;
  private final Duration modelTimeout;
  private final UsageLedger usage;

  RootModel(LanguageModel model, Deadline deadline, Duration modelTimeout, UsageLedger usage) {
    this.model = model;
    this.deadline = deadline;
    this.modelTimeout = modelTimeout;
    this.usage = usage;
  }

  String name() {
    return model.name();
  }

  /**
   * Asks for the next response.
   *
   * @throws RunFailure when there is none
   */
  ModelResponse ask(List<ChatMessage> messages) throws InterruptedException {
    Duration timeout = deadline.atMost(modelTimeout);
    boolean cutShort = timeout.compareTo(modelTimeout) < 0;
    if (timeout.isZero() || timeout.isNegative()) {
      throw overdue();
    }
    try {
      ModelResponse response = model.generate(new ModelRequest(messages, timeout));
      usage.add(model.name(), response.usage());
      return response;
    } catch (ModelException e) {
      usage.add(model.name(), e.usage());
      if (e.kind() == Kind.TIMEOUT && cutShort) {
        throw overdue();
      }
      throw RunFailure.of(e, model.name(), Stage.MODEL);
    }
  }

  private RunFailure overdue() {
    return RunFailure.deadline(deadline, Stage.MODEL, "asking the root model " + model.name());
  }
}
