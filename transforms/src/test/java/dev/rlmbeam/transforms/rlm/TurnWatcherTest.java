package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import dev.rlmbeam.transforms.rlm.trajectory.BlockRecord;
import dev.rlmbeam.transforms.rlm.trajectory.RunRecord;
import dev.rlmbeam.transforms.rlm.trajectory.SubCallRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class TurnWatcherTest {
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  @Test
  void seesEachStepInItsOrder() throws InterruptedException {
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> {
              if (block.number() == 1) {
                ModelAnswer unused = block.ask(false, List.of("what?"), Optional.empty());
              }
              return block.code().equals("end")
                  ? ScriptedResult.answering("Ada").build()
                  : ScriptedResult.printing("seen").build();
            });
    try (LoopRig rig = new LoopRig()) {
      RlmLoop loop =
          new RlmLoop(
              ScriptedModel.saying("root", "I look. " + code("look"), code("end")),
              rig.sub,
              rig.threads,
              sessions,
              rig.settings,
              rig.clock);

      RlmOutcome unused = loop.watchedBy(new Recorder()).run(rig.question, "bundle-1", rig.sink);
    }

    assertThat(seen)
        .containsExactly(
            "started task-1",
            "responded 1 I look. ",
            "running look",
            "asked what?",
            "ran look: seen",
            "responded 2 ",
            "running end",
            "ran end: ")
        .inOrder();
  }

  private final class Recorder implements TurnWatcher {
    @Override
    public void started(RunRecord run) {
      seen.add("started " + run.id());
    }

    @Override
    public void responded(int turn, String response, Duration elapsed) {
      seen.add("responded " + turn + " " + response.replaceAll("(?s)```.*", ""));
    }

    @Override
    public void running(String code) {
      seen.add("running " + code);
    }

    @Override
    public void asked(SubCallRecord call) {
      seen.add("asked " + call.prompt());
    }

    @Override
    public void ran(BlockRecord block) {
      seen.add("ran " + block.code() + ": " + block.stdout());
    }
  }
}
