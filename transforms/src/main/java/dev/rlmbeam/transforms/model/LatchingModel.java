package dev.rlmbeam.transforms.model;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A model that stays refused once it was. */
final class LatchingModel implements LanguageModel {
  /**
   * What a gateway that is reloaded, or that forbids one prompt, may say of a single call. A wrong
   * address or name says it from the first call on.
   */
  private static final List<Integer> MAY_PASS = List.of(403, 404, 405, 410);

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
      int status = e.status().orElse(0);
      if (answeredBefore && e.fatal() && (MAY_PASS.contains(status) || isRedirect(status))) {
        // Address, name and key work, as earlier answers have shown: others may pass.
        Kind kind = status == 403 ? Kind.BAD_REQUEST : Kind.UNAVAILABLE;
        throw new ModelException(kind, status, String.valueOf(e.getMessage()), e, e.usage());
      }
      if (e.fatal()) {
        refusal.compareAndSet(null, e);
      }
      throw e;
    }
  }

  private static boolean isRedirect(int status) {
    return status >= 300 && status <= 399;
  }

  @Override
  public void close() {
    model.close();
  }
}
