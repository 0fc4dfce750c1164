package dev.skiffmesh.server.admin;

import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** One page for people: what is there, what is wrong, and where to read more. */
@Controller
public final class PageController {

  private static final String STYLE =
      """
      body{font:14px/1.5 system-ui,sans-serif;margin:2rem;max-width:75rem}
      table{border-collapse:collapse;margin:.5rem 0 2rem}td,th{padding:.2rem .8rem .2rem 0;text-align:left;
      border-bottom:1px solid #ddd;vertical-align:top}h2{margin-bottom:0}.bad{color:#b00020}
      """;

  private static final String HEAD =
      """
      <!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
      <title>Skiff</title><style>\
      """
          + STYLE
          + "</style></head><body>\n";

  /** The page is text and that one style; whatever else gets into it does nothing. */
  static final String SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-%s'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
          .formatted(digest(STYLE));

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private final MeshView view;

  /** Made by Micronaut. */
  public PageController(MeshView view) {
    this.view = view;
  }

  /** The page. */
  @Get(value = "/", produces = MediaType.TEXT_HTML)
  public String page() {
    StringBuilder page = new StringBuilder(HEAD);
    var readiness = view.report().readiness();
    page.append("<h1>Skiff</h1><p>")
        .append(readiness.ready() ? "Ready." : "<span class=bad>Not ready.</span> ")
        .append(escape(String.join(" ", readiness.notes())))
        .append("</p>");
    table(
        page,
        "Findings",
        "findings",
        List.of("Code", "Severity", "Subject", "Where", "Message"),
        view.findings().items().stream()
            .map(
                f ->
                    List.of(
                        f.code(),
                        f.severity(),
                        f.subject(),
                        f.location() == null ? "" : f.location(),
                        (f.field() == null ? "" : f.field() + " ") + f.message()))
            .toList());
    table(
        page,
        "Policies",
        "policies",
        List.of("Kind", "Name", "Accepted", "Programmed", "Proxies"),
        view.policies().items().stream()
            .map(
                p ->
                    List.of(
                        p.kind(),
                        p.namespace() + "/" + p.name(),
                        condition(p.conditions().getFirst()),
                        condition(p.conditions().getLast()),
                        p.proxies().acked() + " of " + p.proxies().targeted()))
            .toList());
    table(
        page,
        "Proxies",
        "proxies",
        List.of("Id", "Dialect", "In sync", "Since"),
        view.proxies().items().stream()
            .map(p -> List.of(p.id(), p.dialect(), p.inSync() ? "yes" : "no", p.connectedSince()))
            .toList());
    table(
        page,
        "Services",
        "services",
        List.of("Service", "Ports", "Registries", "Endpoints in use"),
        view.services().items().stream()
            .map(
                s ->
                    List.of(
                        s.namespace() + "/" + s.name(),
                        String.join(
                            ", ",
                            s.ports().stream().map(p -> p.number() + " " + p.protocol()).toList()),
                        String.join(", ", s.registries()),
                        s.healthy() + " of " + s.endpoints()))
            .toList());
    table(
        page,
        "Sources",
        "registries",
        List.of("Name", "Type", "State", "Since", "Reason"),
        view.registries().items().stream()
            .map(s -> List.of(s.name(), s.type(), s.state(), s.since(), s.reason()))
            .toList());
    return page.append(
            "<p><a href=/metrics>Metrics</a>, <a href=/health/readiness>readiness</a>, <a"
                + " href=/api/v1/openapi.json>the API</a></p></body></html>")
        .toString();
  }

  private static String condition(Responses.Condition condition) {
    return condition.status()
        + " ("
        + condition.reason()
        + ")"
        + (condition.message().isEmpty() ? "" : ": " + condition.message());
  }

  private static void table(
      StringBuilder page, String title, String api, List<String> head, List<List<String>> rows) {
    page.append("<h2>")
        .append(title)
        .append("</h2><a href=/api/v1/")
        .append(api)
        .append(">JSON</a>");
    page.append("<table><tr>");
    head.forEach(cell -> page.append("<th>").append(cell).append("</th>"));
    page.append("</tr>");
    for (List<String> row : rows) {
      page.append("<tr>");
      row.forEach(cell -> page.append("<td>").append(escape(cell)).append("</td>"));
      page.append("</tr>");
    }
    page.append("</table>");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
