package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.TaskSample;
import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.report.FailureLines;
import dev.rlmbeam.pipelines.report.Figures;
import dev.rlmbeam.pipelines.turns.TurnText;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.TaskPrompts;
import dev.rlmbeam.transforms.model.ChatMessage;
import java.io.IOException;
import java.util.List;

/**
 * What a run would do: its settings and who set each, its graph, sizes of contexts, and the first
 * prompts as they would be sent. Nothing is called, opened or written. One use.
 */
final class Explanation {
  private static final int SHOWN = 3;
  private final JobPlan plan;
  private final GivenOptions given;
  private final TurnText text;
  private final StringBuilder page = new StringBuilder();

  private Explanation(JobPlan plan, GivenOptions given, TurnText text) {
    this.plan = plan;
    this.given = given;
    this.text = text;
  }

  static String of(JobPlan plan, GivenOptions given, Console console, Interrupts interrupts)
      throws IOException {
    TurnText text = new TurnText(console.outInk(), console.columns(), true);
    return new Explanation(plan, given, text).page(Sampling.of(plan.source(), SHOWN, interrupts));
  }

  private String page(TaskSample sample) throws IOException {
    settings();
    page.append('\n').append(text.heading("Graph", Runners.name(plan.options())));
    page.append(text.text(Graph.of(plan.pipeline(plan.describe("", "")))));
    contexts(sample);
    prompts(sample);
    page.append('\n').append(text.text("No model was called, no sandbox opened, nothing written."));
    return page.toString();
  }

  private void settings() {
    page.append(text.heading("Settings", ""));
    OptionTable.of(plan.type())
        .values(plan.options())
        .forEach((name, value) -> setting(name, value));
    plan.rlm().modelEndpoints().forEach(url -> row("model service", url, ""));
    OptionTable own = OptionTable.of(plan.type());
    given.all().stream()
        .filter(one -> !own.isOwn(one.name()))
        .forEach(one -> row("--" + one.name(), one.value(), one.origin().label()));
    row("output", plan.folder().path(), "");
  }

  private void setting(String name, String value) {
    String origin =
        given
            .find(name)
            .map(one -> one.place().isEmpty() ? one.origin().label() : one.place())
            .orElse("default");
    row("--" + name, value, origin);
  }

  private void row(String name, String value, String origin) {
    page.append(
        text.text(
            String.format(
                "%-21s %-28s %s",
                name, FailureLines.printable(value.replaceAll("\\s+", " ")), origin)));
  }

  private void contexts(TaskSample sample) {
    page.append('\n').append(text.heading("Contexts", plan.source().shown()));
    long[] sizes =
        sample.sizes().stream()
            .mapToLong(Long::longValue)
            .filter(size -> size >= 0)
            .sorted()
            .toArray();
    page.append(text.text(Sampling.counted(sample)));
    if (sizes.length > 0) {
      page.append(
          text.text(
              "smallest "
                  + Figures.bytes(sizes[0])
                  + ", median "
                  + Figures.bytes(sizes[sizes.length / 2])
                  + ", largest "
                  + Figures.bytes(sizes[sizes.length - 1])));
    }
    sample.failures().stream()
        .limit(SHOWN)
        .forEach(failure -> page.append(text.failure(FailureLines.of(failure))));
  }

  private void prompts(TaskSample sample) throws IOException {
    String system = "";
    for (RlmTask task : sample.tasks()) {
      List<ChatMessage> messages;
      try {
        messages = TaskPrompts.of(task, plan.rlm().settings());
      } catch (IOException | ContextException e) {
        page.append('\n').append(text.heading("Prompt", FailureLines.printable(task.id())));
        page.append(text.failure(FailureLines.oneLine(String.valueOf(e.getMessage()))));
        continue;
      }
      if (system.isEmpty()) {
        system = messages.get(0).content();
        page.append('\n')
            .append(text.heading("System prompt", Figures.count(system.length()) + " characters"));
        page.append(text.text(system));
      }
      page.append('\n').append(text.heading("Prompt", FailureLines.printable(task.id())));
      messages
          .subList(1, messages.size())
          .forEach(message -> page.append(text.text(message.content())).append('\n'));
    }
  }
}
