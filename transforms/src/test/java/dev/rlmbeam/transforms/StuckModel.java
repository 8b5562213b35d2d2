package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;
import dev.rlmbeam.transforms.model.ModelUsage;
import java.util.concurrent.CountDownLatch;

/** A model that hears of no interrupt: its second call answers when it is let go, not before. */
final class StuckModel implements LanguageModel {
  private static volatile CountDownLatch gate = new CountDownLatch(0);
  private int calls;

  private StuckModel() {}

  /** Makes such models; {@link #letGo} ends their wait. */
  static ModelFactory factory() {
    gate = new CountDownLatch(1);
    return new Factory();
  }

  static void letGo() {
    gate.countDown();
  }

  @Override
  public String name() {
    return "stuck";
  }

  @Override
  public ModelResponse generate(ModelRequest request) {
    if (++calls == 1) {
      return new ModelResponse(LocalRun.code("half = 1"), new ModelUsage(1, 7, 3, null), false);
    }
    boolean interrupted = false;
    while (gate.getCount() > 0) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new ModelResponse(LocalRun.REVERSE, new ModelUsage(1, 7, 3, null), false);
  }

  @Override
  public void close() {}

  private record Factory() implements ModelFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public String modelName() {
      return "stuck";
    }

    @Override
    public String service() {
      return "scripted";
    }

    @Override
    public LanguageModel create() {
      return new StuckModel();
    }
  }
}
