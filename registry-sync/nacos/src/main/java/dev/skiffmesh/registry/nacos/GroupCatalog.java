package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.plugin.auth.api.RequestResource;
import dev.skiffmesh.registry.nacos.NacosHttp.Answer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The groups of a namespace by HTTP: Nacos's gRPC lists the services of one group, and no groups.
 * Calls block.
 */
final class GroupCatalog {

  /** Nacos 3's (for administrators where that needs a login) and 2.x's. */
  private static final List<Api> APIS =
      List.of(
          new Api("/v3/admin/ns/service/list", "pageItems", "totalCount"),
          new Api("/v1/ns/catalog/services", "serviceList", "count"));

  private static final int PAGE = 500;
  private static final int MOST_PAGES = 1000;

  private final List<String> servers;
  private final NacosHttp http;
  private final NacosLogin login;

  GroupCatalog(List<String> servers, NacosHttp http, NacosLogin login) {
    this.servers = List.copyOf(servers);
    this.http = http;
    this.login = login;
  }

  /**
   * All groups that have a service.
   *
   * @throws NacosException with {@link NacosException#NO_RIGHT} if no server lets us list them
   */
  Set<String> groups(String namespaceId) throws NacosException {
    NacosException last = null;
    for (String server : servers) {
      for (Api api : APIS) {
        try {
          return groups(server, api, namespaceId);
        } catch (NacosException e) {
          boolean saysMore = last == null || e.getErrCode() == NacosException.NO_RIGHT;
          last = saysMore ? e : last;
        }
      }
    }
    throw last == null
        ? new NacosException(NacosException.SERVER_ERROR, "there is no server")
        : last;
  }

  private Set<String> groups(String server, Api api, String namespaceId) throws NacosException {
    Set<String> groups = new TreeSet<>();
    long seen = 0;
    for (int page = 1; page <= MOST_PAGES; page++) {
      Map<?, ?> answer = page(server, api, namespaceId, page);
      List<?> services = answer.get(api.items) instanceof List<?> list ? list : List.of();
      for (Object service : services) {
        if (service instanceof Map<?, ?> fields
            && fields.get("groupName") instanceof String group
            && !group.isBlank()) {
          groups.add(group);
        }
      }
      seen += services.size();
      if (services.isEmpty() || seen >= number(answer.get(api.total))) {
        break;
      }
    }
    return groups;
  }

  private Map<?, ?> page(String server, Api api, String namespaceId, int page)
      throws NacosException {
    Map<String, String> query = new HashMap<>();
    query.put("namespaceId", namespaceId);
    query.put("pageNo", String.valueOf(page));
    query.put("pageSize", String.valueOf(PAGE));
    query.put("withInstances", "false");
    query.put("hasIpCount", "false");
    RequestResource resource =
        RequestResource.namingBuilder().setNamespace(namespaceId).setGroup("").build();
    Answer answer = http.read(server, api.path, query, login.headers(resource));
    Map<?, ?> object = answer.object();
    if (!answer.isSuccess()) {
      throw new NacosException(NacosException.NO_RIGHT, answer.words());
    }
    return object.get("data") instanceof Map<?, ?> data ? data : object;
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  /**
   * One of Nacos's ways to list the services of all groups.
   *
   * @param items the field of the list
   * @param total the field of its length
   */
  private record Api(String path, String items, String total) {}
}
