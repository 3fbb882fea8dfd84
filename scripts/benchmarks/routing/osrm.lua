-- Every way is one arc of our graph with the milliseconds that it takes; nothing is left to OSRM's own rules.
api_version = 4

function setup()
  return {
    properties = {
      weight_name = 'duration',
      max_speed_for_map_matching = 180 / 3.6,
      u_turn_penalty = 0,
      continue_straight_at_waypoint = false,
      use_turn_restrictions = false
    }
  }
end

function process_node(profile, node, result)
end

function process_way(profile, way, result)
  result.forward_mode = mode.driving
  result.backward_mode = mode.inaccessible
  result.forward_speed = 50
  result.duration = tonumber(way:get_value_by_key('ms')) / 1000
end

function process_turn(profile, turn)
  turn.duration = 0
  turn.weight = 0
end

return { setup = setup, process_node = process_node, process_way = process_way, process_turn = process_turn }
