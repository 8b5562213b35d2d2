package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.options.OptionGroup;
import dev.rlmbeam.pipelines.options.OptionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** {@code docs/options.md} is made from the declarations; this keeps it so. */
final class OptionsDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/options.md");

  @Test
  void theDocumentIsThatOfTheDeclarations() throws IOException {
    String made = document();
    if (Boolean.getBoolean("rlm.docs.write")) {
      Files.writeString(DOCUMENT, made);
    }

    assertWithMessage(
            "write it anew with: mvn -pl pipelines -am test -Dtest=OptionsDocumentTest"
                + " -Drlm.docs.write=true")
        .that(Files.readString(DOCUMENT))
        .isEqualTo(made);
  }

  private static String document() {
    StringBuilder text = new StringBuilder();
    text.append("# Options\n\n");
    text.append(
        "Made from the declarations in the code; `./rlm COMMAND --help` shows the same. An option is");
    text.append(" written `--name=value` or `--name value`,\n");
    text.append(
        "or stands in a YAML file as `name: value` (`--config=FILE`; the command line wins). Time spans");
    text.append(" are `300s`, `5m`, `1h` or plain seconds.\n");
    text.append("Options of Beam and of the runner may be given too: `./rlm run --help=all`.\n");
    Map<String, OptionTable.Option> options = new LinkedHashMap<>();
    Map<String, StringJoiner> commands = new LinkedHashMap<>();
    for (CommandShape shape : Main.shapes()) {
      for (OptionTable.Option option : OptionTable.of(shape.options()).own()) {
        if (!shape.without().contains(option.name())) {
          String key = option.name() + "\n" + option.description();
          options.putIfAbsent(key, option);
          commands.computeIfAbsent(key, name -> new StringJoiner(", ")).add(shape.name());
        }
      }
    }
    for (OptionGroup group : OptionGroup.values()) {
      text.append("\n## ").append(group.title()).append("\n\n");
      text.append("| option | | default | commands |\n|---|---|---|---|\n");
      options.entrySet().stream()
          .filter(entry -> entry.getValue().group().equals(Optional.of(group)))
          .sorted(
              Comparator.comparing(
                      (Map.Entry<String, OptionTable.Option> entry) -> entry.getValue().place())
                  .thenComparing(Map.Entry::getKey))
          .forEach(entry -> text.append(row(entry.getValue(), commands.get(entry.getKey()))));
    }
    return text.toString();
  }

  private static String row(OptionTable.Option option, StringJoiner commands) {
    String sample = option.sample().isEmpty() ? "" : "=" + option.sample();
    List<String> cells =
        List.of(
            "`--" + option.name() + sample.replace("|", "\\|") + "`",
            option.description().replace("|", "\\|"),
            option.defaultValue().isEmpty() ? "" : "`" + option.defaultValue() + "`",
            commands.toString());
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
