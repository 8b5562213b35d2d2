package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.io.Documents;
import dev.rlmbeam.pipelines.io.RunRecords;
import dev.rlmbeam.pipelines.options.AskOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.turns.TurnText;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** {@code rlm ask}: one question over one or several documents, shown turn by turn. */
final class AskCommand implements Command {
  private static final String STDIN = "-";
  private static final String USAGE =
      """
      ./rlm ask report.txt 'What was decided about the bridge?'
      ./rlm ask a.txt b.txt 'Where do they differ?'    context: a dict, name to text
      pdftotext paper.pdf - | ./rlm ask 'What is the main result?'
      answer=$(./rlm ask report.txt 'Who signed it?')  turns go to stderr

      It is a run over one task: what it wrote is in its folder, with the trajectory.
      Exit codes as of ./rlm run: 3 when the question could not be answered.
      """;

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "ask",
        "Ask one question of one or several documents, and see it answered turn by turn",
        USAGE,
        List.of(
            new CommandShape.Word(
                "[FILE...] QUESTION",
                "Texts in UTF-8, and the question, which stands last. Without a file, or with -, the"
                    + " text is read from standard input.",
                1,
                Integer.MAX_VALUE,
                List.of())),
        AskOptions.class,
        Set.of(),
        true);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws IOException, InterruptedException {
    List<String> words = arguments.words();
    String question = words.get(words.size() - 1);
    List<String> files = words.subList(0, words.size() - 1);
    JobOptions<AskOptions> options = JobOptions.of(AskOptions.class, arguments.options());
    requireQuestion(question);
    if (!files.isEmpty() && !files.equals(List.of(STDIN))) {
      // Before anything is made, so that a wrong name leaves nothing behind.
      return ask(
          Documents.of(files), RunPath.stem(files.get(0)), question, options, console, interrupts);
    }
    if (console.inTerminal()) {
      throw new UsageException(
          "There is no document: ./rlm ask FILE... 'QUESTION', or give a text on standard input.");
    }
    try (Temporary text = interrupts.temporaryFile("rlm-ask-", ".txt")) {
      Documents documents = Documents.ofStream(console.in(), text.path());
      return ask(documents, "stdin", question, options, console, interrupts);
    }
  }

  private static void requireQuestion(String question) {
    if (question.isBlank()) {
      throw new UsageException("The question is empty: ./rlm ask FILE... 'QUESTION'.");
    }
    if (new File(question).isFile()) {
      throw new UsageException(
          "'" + question + "' is a file; the question stands last: ./rlm ask FILE... 'QUESTION'.");
    }
  }

  private static ExitCode ask(
      Documents documents,
      String name,
      String question,
      JobOptions<AskOptions> job,
      Console console,
      Interrupts interrupts)
      throws IOException, InterruptedException {
    JobPlan plan =
        JobPlan.of(
            job.options(),
            AskOptions.class,
            "ask-" + name,
            0,
            (folder, runId) -> new DocumentSource(documents, question));
    if (plan.folder().local().filter(documents::isIn).isPresent()) {
      throw new UsageException(
          "A document lies in the output folder, which the run clears.\nGive another --output.");
    }
    if (Rehearsal.isWanted(plan)) {
      return Rehearsal.of(plan, job.given(), console, interrupts);
    }
    BatchJob prepared = BatchJob.prepare(plan);
    AskOptions options = job.options();
    boolean json = options.getJson();
    if (!json) {
      console.err().print(Banner.of(prepared));
    }
    BatchRun.End end =
        new BatchRun(console, interrupts)
            .run(
                prepared,
                runId -> json ? () -> {} : LiveTurns.open(console, options.getFull(), runId));
    RunRecords records = RunRecords.open(prepared.folder().path());
    JsonNode outcome = records.find(DocumentSource.ID).orElseThrow();
    if (json) {
      ObjectNode shown = outcome.deepCopy();
      console.out().println(shown.put("folder", prepared.folder().path()));
    } else {
      print(outcome, end, console);
    }
    return end.exitCode();
  }

  /** The answer alone goes to stdout, which a script may read. */
  private static void print(JsonNode outcome, BatchRun.End end, Console console) {
    TurnText err = new TurnText(console.errInk(), console.columns(), true);
    if (outcome.has("answer")) {
      console.err().print("\n" + err.heading("Answer", ""));
      console.err().flush();
      String answer = outcome.path("answer").asText();
      if (console.outTerminal()) {
        console.out().print(new TurnText(console.outInk(), console.columns(), true).answer(answer));
      } else {
        console.out().println(answer);
      }
      console.out().flush();
    } else {
      console.err().print("\n" + err.heading("No answer", outcome.path("errorClass").asText()));
      console.err().print(err.failure(outcome.path("message").asText()));
    }
    console.err().print("\n" + Totals.of(outcome));
    console.err().println(end.job().folder().path());
  }
}
