package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelCall;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An element that costs its sandbox's life each time it is tried. */
@Timeout(120)
class PoisonTest {
  private static final Pattern SANDBOX = Pattern.compile("(sb-\\d+)/");

  private static final String SLOW =
      LocalRun.code(
          "import time; time.sleep(2)\nanswer['content'] = context; answer['ready'] = True");

  @Test
  void takesNoOtherElementWithItForGood() throws InterruptedException {
    try (ModelServer server = ModelServer.start(PoisonTest::reply)) {
      RlmTransform transform =
          RlmTransform.answering(LocalRun.model(server), BreakableSandboxes::create)
              .withRunId("poison")
              .withMaxInFlight(8)
              .withMaxAttempts(3);
      BundleDriver driver = new BundleDriver(transform.configuration());
      driver.start();
      for (RlmTask task : LocalRun.tasks(7)) {
        driver.process(task);
      }
      driver.process(RlmTask.of("poison", "poison", "anything"));
      driver.finish();
      driver.tearDown();
      RunMonitor.of("poison").end();

      assertThat(driver.failures.stream().map(RlmFailure::id).toList()).containsExactly("poison");
      assertThat(driver.results).hasSize(7);
      assertThat(driver.results.stream().mapToInt(RlmResult::attempts).max().orElse(0)).isAtMost(2);
      assertThat(driver.failures).hasSize(1);
      assertThat(driver.failures.get(0).id()).isEqualTo("poison");
      assertThat(driver.failures.get(0).errorClass()).isEqualTo(FailureClass.SANDBOX_LOST);
      assertThat(driver.failures.get(0).attempts()).isEqualTo(3);
    }
  }

  private static ServerReply reply(ModelCall call) {
    boolean poison = call.messages().get(1).content().contains(": poison\n");
    if (!poison) {
      return ServerReply.text(SLOW);
    }
    // The first call is answered late, so that the others are in their blocks when the second one
    // ends the sandbox: they notice at once, and begin again when the poison does.
    Matcher sandbox = SANDBOX.matcher(call.lastMessage() + call.body());
    if (sandbox.find()) {
      BreakableSandboxes.end(sandbox.group(1));
    }
    return ServerReply.text(LocalRun.code("import os; print(os.environ['RLM_BROKER_SOCKET'])"))
        .after(Duration.ofMillis(700));
  }
}
