package dev.skiffmesh.translator;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.DocumentKey;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.policy.Policy;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.ServiceDocuments;
import java.util.ArrayList;
import java.util.List;
import org.pcollections.TreePMap;

/**
 * A world written as YAML, as a user writes it.
 *
 * @param world what was understood
 * @param violations what is wrong with the rest, each with its place
 */
record Documents(World world, List<String> violations) {

  /** Reads Service documents and policies. */
  static Documents read(Translator translator, String text) {
    DocumentReader.Content content = new DocumentReader().read("test", "input.yaml", text);
    List<String> violations = new ArrayList<>();
    content.findings().forEach(finding -> violations.add(finding.toString()));
    TreePMap<ServiceId, Service> services = TreePMap.empty();
    TreePMap<ServiceId, EndpointSet> endpoints = TreePMap.empty();
    TreePMap<DocumentKey, Policy<?>> policies = TreePMap.empty();
    for (RawDocument document : content.documents()) {
      if (document.key().kind().equals(ServiceDocuments.KIND)) {
        switch (ServiceDocuments.decode(document)) {
          case Decoded.Ok<ServiceDocuments.Registered>(var registered) -> {
            services = services.plus(registered.service().id(), registered.service());
            endpoints = endpoints.plus(registered.service().id(), registered.endpoints());
          }
          case Decoded.Rejected<ServiceDocuments.Registered>(var broken) ->
              broken.forEach(v -> violations.add(Finding.of(document, v).toString()));
        }
      } else {
        switch (translator.decode(document, 1)) {
          case Decoded.Ok<Policy<?>>(Policy<?> policy) ->
              policies = policies.plus(policy.key(), policy);
          case Decoded.Rejected<Policy<?>>(var broken) ->
              broken.forEach(v -> violations.add(Finding.of(document, v).toString()));
        }
      }
    }
    return new Documents(new World(services, endpoints, policies), List.copyOf(violations));
  }
}
