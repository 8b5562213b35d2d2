package dev.rlmbeam.pipelines;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;

/** A pipeline's steps in a few lines: the outer ones, and beside each what it is made of. */
final class Graph extends Pipeline.PipelineVisitor.Defaults {
  private static final int MOST_LINES = 10;

  private final Map<String, List<String>> steps = new LinkedHashMap<>();

  private Graph() {}

  static String of(Pipeline pipeline) {
    Graph graph = new Graph();
    pipeline.traverseTopologically(graph);
    return graph.lines();
  }

  @Override
  public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
    add(node);
    return CompositeBehavior.ENTER_TRANSFORM;
  }

  @Override
  public void visitPrimitiveTransform(TransformHierarchy.Node node) {
    add(node);
  }

  private void add(TransformHierarchy.Node node) {
    String[] path = node.getFullName().split("/", -1);
    if (path[0].isEmpty()) {
      return;
    }
    List<String> inner = steps.computeIfAbsent(path[0], name -> new ArrayList<>());
    if (path.length > 1 && !inner.contains(path[1])) {
      inner.add(path[1]);
    }
  }

  private String lines() {
    List<String> lines = new ArrayList<>();
    List<String> names = new ArrayList<>(steps.keySet());
    for (String name : names) {
      String inner = String.join(", ", steps.get(name));
      lines.add(String.format("%-16s %s", name, inner).stripTrailing());
    }
    if (lines.size() > MOST_LINES) {
      // The steps behind the answers write; they are named in one line.
      List<String> rest = names.subList(MOST_LINES - 1, names.size());
      lines = new ArrayList<>(lines.subList(0, MOST_LINES - 1));
      lines.add(String.join(", ", rest));
    }
    return String.join("\n", lines);
  }
}
