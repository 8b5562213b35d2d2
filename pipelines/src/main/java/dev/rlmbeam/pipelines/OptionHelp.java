package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.report.Wrapped;
import org.apache.beam.sdk.options.PipelineOptions;

/** Options as help shows them, from their declarations. */
final class OptionHelp {
  private static final String INDENT = "      ";

  private OptionHelp() {}

  static String of(Class<? extends PipelineOptions> type) {
    StringBuilder help = new StringBuilder();
    for (OptionTable.Option option : OptionTable.of(type).own()) {
      String value = option.defaultValue();
      help.append("  --").append(option.name()).append(value.isEmpty() ? "" : "=" + value);
      help.append('\n').append(Wrapped.beside(INDENT, option.description(), Integer.MAX_VALUE));
    }
    return help.toString();
  }
}
