package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelCall;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An element that costs its sandbox's life each time it is tried. */
@Timeout(120)
class PoisonTest {
  private static final Pattern SANDBOX = Pattern.compile("(sb-\\d+)/");

  private static final int OTHERS = 7;

  private static final String SLOW =
      LocalRun.code(
          "import time; time.sleep(2)\nanswer['content'] = context; answer['ready'] = True");

  private final AtomicInteger others = new AtomicInteger();
  private final CompletableFuture<Boolean> allAsked = new CompletableFuture<>();

  @Test
  void takesNoOtherElementWithItForGood() throws InterruptedException {
    try (ModelServer server = ModelServer.start(this::reply)) {
      RlmTransform transform =
          RlmTransform.answering(LocalRun.model(server), BreakableSandboxes::create)
              .withRunId("poison")
              .withMaxInFlight(8)
              .withMaxAttempts(3);
      BundleDriver driver = new BundleDriver(transform.configuration());
      driver.start();
      for (RlmTask task : LocalRun.tasks(OTHERS)) {
        driver.process(task);
      }
      driver.process(RlmTask.of("poison", "poison", "anything"));
      driver.finish();
      driver.tearDown();
      RunMonitor.of("poison").end();

      assertThat(driver.failures.stream().map(RlmFailure::id).toList()).containsExactly("poison");
      assertThat(driver.results).hasSize(OTHERS);
      assertThat(driver.results.stream().mapToInt(RlmResult::attempts).max().orElse(0)).isAtMost(2);
      assertThat(driver.failures).hasSize(1);
      assertThat(driver.failures.get(0).id()).isEqualTo("poison");
      assertThat(driver.failures.get(0).errorClass()).isEqualTo(FailureClass.SANDBOX_LOST);
      assertThat(driver.failures.get(0).attempts()).isEqualTo(3);
    }
  }

  private ServerReply reply(ModelCall call) {
    boolean poison = call.messages().get(1).content().contains(": poison\n");
    if (!poison) {
      if (others.incrementAndGet() == OTHERS) {
        allAsked.complete(true);
      }
      return ServerReply.text(SLOW);
    }
    ServerReply look =
        ServerReply.text(LocalRun.code("import os; print(os.environ['RLM_BROKER_SOCKET'])"));
    Matcher sandbox = SANDBOX.matcher(call.lastMessage() + call.body());
    if (sandbox.find()) {
      // Not on the server's thread, which has the others to serve.
      String id = sandbox.group(1);
      return look.once(CompletableFuture.runAsync(() -> BreakableSandboxes.end(id)));
    }
    // Only when the others have their code: they are in their blocks when the sandbox ends.
    return look.once(allAsked);
  }
}
