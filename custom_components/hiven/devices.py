"""Vehicles as devices in Home Assistant."""

from collections import Counter
from collections.abc import Mapping

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntry, DeviceInfo

from .api import Vehicle, brand_name
from .const import DOMAIN


def device_info(vehicle: Vehicle) -> DeviceInfo:
    """Describe a vehicle."""
    attributes = vehicle.attributes
    return DeviceInfo(
        identifiers={(DOMAIN, vehicle.id)},
        name=vehicle.display_name,
        manufacturer=brand_name(attributes.manufacturer),
        model=attributes.model,
        # The device page shows the model id after the model: ID.4 (2023).
        model_id=(
            str(attributes.year) if attributes.model and attributes.year else None
        ),
        serial_number=attributes.vin,
    )


def vehicle_id_of(device: DeviceEntry) -> str | None:
    """Return the id of a device's vehicle."""
    # Devices of other integrations may have identifiers of three parts.
    return next((each[1] for each in device.identifiers if each[0] == DOMAIN), None)


@callback
def async_device_of(
    hass: HomeAssistant, entry: ConfigEntry, vehicle_id: str
) -> DeviceEntry | None:
    """Return the device of a vehicle."""
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, vehicle_id), entry.entry_id
    )


@callback
def async_registered_vehicles(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """Return the ids of all vehicles with a device in this account."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {id_ for device in devices if (id_ := vehicle_id_of(device)) is not None}


@callback
def async_vehicle_names(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, str]:
    """Return the names of all vehicles with a device in this account, by id."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {
        id_: device.name_by_user or device.name or id_
        for device in devices
        if (id_ := vehicle_id_of(device)) is not None
    }


@callback
def async_vehicle_name(
    hass: HomeAssistant, entry: ConfigEntry, vehicle: Vehicle
) -> str:
    """Return the name people gave a vehicle, else its own."""
    device = async_device_of(hass, entry, vehicle.id)
    return (device and device.name_by_user) or vehicle.display_name


@callback
def async_describe(hass: HomeAssistant, entry: ConfigEntry, vehicle: Vehicle) -> None:
    """Create or update the device of a vehicle."""
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, **device_info(vehicle)
    )


@callback
def async_forget(hass: HomeAssistant, entry: ConfigEntry, vehicle_id: str) -> None:
    """Remove the device of a vehicle and its entities.

    Home Assistant restores their names and settings if the vehicle returns.
    """
    if (device := async_device_of(hass, entry, vehicle_id)) is not None:
        dr.async_get(hass).async_remove_device(device.id)


@callback
def async_predecessors(
    hass: HomeAssistant, entry: ConfigEntry, vehicles: Mapping[str, Vehicle]
) -> list[tuple[DeviceEntry, Vehicle]]:
    """Return the devices of cars that Hiven now lists under a new id.

    A car that is connected again gets a new id, but its VIN stays the same. A VIN that
    is listed twice is ignored.
    """
    listed = Counter(vehicle.attributes.vin for vehicle in vehicles.values())
    by_vin = {
        device.serial_number: device
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        if device.serial_number and (vehicle_id_of(device) or "") not in vehicles
    }
    return [
        (by_vin[vehicle.attributes.vin], vehicle)
        for vehicle in vehicles.values()
        if vehicle.attributes.vin in by_vin
        and listed[vehicle.attributes.vin] == 1
        and async_device_of(hass, entry, vehicle.id) is None
    ]


@callback
def async_take_over(hass: HomeAssistant, device: DeviceEntry, vehicle: Vehicle) -> None:
    """Move a device and its entities to a vehicle's new id."""
    old_id = vehicle_id_of(device)
    dr.async_get(hass).async_update_device(
        device.id, new_identifiers={(DOMAIN, vehicle.id)}
    )
    registry = er.async_get(hass)
    for entity in er.async_entries_for_device(
        registry, device.id, include_disabled_entities=True
    ):
        if entity.platform == DOMAIN:
            key = entity.unique_id.removeprefix(f"{old_id}_")
            registry.async_update_entity(
                entity.entity_id, new_unique_id=f"{vehicle.id}_{key}"
            )
