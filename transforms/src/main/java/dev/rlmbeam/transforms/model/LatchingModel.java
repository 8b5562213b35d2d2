package dev.rlmbeam.transforms.model;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A model that stays refused once it was. */
final class LatchingModel implements LanguageModel {
  private static final int FORBIDDEN = 403;

  private final LanguageModel model;
  private volatile boolean answeredBefore;
  private final AtomicReference<@Nullable ModelException> refusal = new AtomicReference<>();

  LatchingModel(LanguageModel model) {
    this.model = model;
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public ModelResponse generate(ModelRequest request) throws InterruptedException {
    ModelException first = refusal.get();
    if (first != null) {
      // A copy: an exception thrown by many threads would collect what each of them suppresses.
      throw new ModelException(
          first.kind(), first.status().orElse(0), String.valueOf(first.getMessage()), first);
    }
    try {
      ModelResponse response = model.generate(request);
      answeredBefore = true;
      return response;
    } catch (ModelException e) {
      if (answeredBefore && e.fatal() && e.status().orElse(0) == FORBIDDEN) {
        // The key works: a gateway forbids this one prompt, and others may pass.
        throw new ModelException(Kind.BAD_REQUEST, FORBIDDEN, String.valueOf(e.getMessage()), e);
      }
      if (e.fatal()) {
        refusal.compareAndSet(null, e);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
